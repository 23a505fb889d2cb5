"""Writes the documents that are made from code: schemas, AsyncAPI, OpenAPI, the pages of events and of settings.

It lives beside what it writes, outside the rooms that processes are made of: it alone may import every service at
once, and nothing imports it but the test that looks for drift.
"""
