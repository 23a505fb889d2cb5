"""What every service stands on: the words, the post, the walls and the door."""
