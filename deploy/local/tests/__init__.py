"""The local system's parts, each against the real thing."""
