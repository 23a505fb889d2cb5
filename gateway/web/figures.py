"""Figures of a shop or of the whole market, with the pictures of how they came about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import request

from gateway.web import sessions
from gateway.web.charts import SPANS, begins, charts


def figures(path: str) -> dict[str, Any]:
    """Ask for the figures of the time that the address names: by day, week or month, up to now."""
    by = request.args.get("by", "day")
    by = by if by in SPANS else "day"
    now = datetime.now(UTC)
    since = begins(by, now).isoformat().replace("+00:00", "Z")
    found: dict[str, Any] = sessions.ask("ordering", "GET", path, params={"by": by, "from": since})
    return {**found, "by": by, "span": SPANS[by][1], "charts": charts(found["series"], by, now)}
