"""The commands that look into a running system: `market mappings`, `market events`, `market parked`."""
