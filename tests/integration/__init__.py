"""Several services together: real processes, real databases, a real broker."""
