"""The local system as people use it."""
