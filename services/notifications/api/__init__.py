"""The doors of notifications."""
