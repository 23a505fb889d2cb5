"""The peers: the same work, written as each library's documentation teaches it; each runs in a process of its own."""
