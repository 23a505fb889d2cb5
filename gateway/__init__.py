"""The one door for web clients."""
