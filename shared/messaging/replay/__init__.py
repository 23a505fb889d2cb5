"""Replay: a consumer's handlers run again over what it was told, in a shadow of its tables, to see what differs.

Nothing is published and nobody is told: handlers only write rows, the rows land in the shadow, and the database refuses
anything for the live outbox while a replay is on. What differs is shown first; applying it takes the digest shown.
"""
