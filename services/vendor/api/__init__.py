"""The doors of the vendor service: load, transact, dump."""
