"""How much somebody has not read yet: every page asks, and none waits for it."""

from __future__ import annotations

import time

import httpx
from flask import current_app, g

from gateway.web import sessions
from gateway.web.client import Refused, Service, ServiceDown

PATIENCE_SECONDS = 0.25
"""How long a page waits for the number."""
REST_SECONDS = 5.0
"""For how long nobody asks after there was no answer: pages that follow wait for nothing."""


class Bell:
    """Asks notifications for the number alone, with a short deadline and a rest after each failure."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._service = Service("notifications", url, PATIENCE_SECONDS, transport)
        self._rests_until = 0.0

    def unread(self, headers: dict[str, str]) -> int | None:
        """The number; None where it cannot be said at present."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            answer = self._service.ask("GET", "/notifications/unread", headers=headers)
        except Refused:
            return None
        except ServiceDown:
            self._rests_until = time.monotonic() + REST_SECONDS
            return None
        return int(answer.body["unread"])

    def close(self) -> None:
        """Give the connections back."""
        self._service.close()


def unread() -> int | None:
    """How many notifications the visitor has not read; None for strangers, and while nobody can say."""
    visit = g.get("visit")
    if visit is None or not visit.signed_in:
        return None
    bell: Bell = current_app.extensions["bell"]
    return bell.unread(sessions.own_headers())
