"""The doors of the ordering service: load, transact, dump."""
