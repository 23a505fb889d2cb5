"""Rules of telling people: what, whom, once, in their language, and whether they wish it."""
