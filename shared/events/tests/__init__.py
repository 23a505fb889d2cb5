"""What the words promise: one reading by two ways, and an envelope that others can open."""
