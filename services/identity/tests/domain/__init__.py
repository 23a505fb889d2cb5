"""The rules, on a real PostgreSQL."""
