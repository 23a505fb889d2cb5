"""The pen: how both the walls and the post have statements planned once, and rows back."""
