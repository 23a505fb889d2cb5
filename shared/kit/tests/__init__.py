"""What the walls promise, each promise with a real PostgreSQL."""
