"""The doors of identity: load, transact, dump."""
