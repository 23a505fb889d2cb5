"""Identity and vendor with real databases and no broker: what is on its way moves when a test says so."""
