"""The rules of identity: verbs that take a session, and pure functions."""
