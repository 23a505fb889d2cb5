"""Requests that nobody would write by hand, and those of the bad-input list, each by name."""
