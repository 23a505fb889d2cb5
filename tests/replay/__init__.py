"""Replays between services: from the publisher's log, by other code, and what of them nobody else notices."""
