"""The command line of a service, as an operator meets it."""
