"""The rules of the ordering service, in verbs; no framework, no commit."""
