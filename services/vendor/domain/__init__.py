"""The rules of the vendor service, in verbs; no framework, no commit."""
