"""What a service tells others, on its internal port, of the events it wrote and the events it was told."""
