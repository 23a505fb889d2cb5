"""The walls of a service: settings, database, HTTP, tokens, logs."""
