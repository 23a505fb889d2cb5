"""The fault matrix: kill, cut, stall, duplicate and reorder, and count what was lost and what was doubled."""
