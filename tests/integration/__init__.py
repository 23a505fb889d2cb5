"""Several services together, over a real broker."""
