"""What is sold and who sees it, as verbs and rules that take a session and know no framework."""
