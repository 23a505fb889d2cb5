"""The doors: load, transact, dump."""
