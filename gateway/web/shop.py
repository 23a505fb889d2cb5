"""The business side of whoever is visiting: the shop they have, or the application for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import g

from gateway.web import sessions
from gateway.web.client import Refused, ServiceDown
from gateway.web.formats import moment

FRESH = timedelta(days=14)
Found = dict[str, Any] | None


def acting() -> Found:
    """The visitor's shop, asked for once in a request; nothing for somebody who has none."""
    if "shop" not in g:
        g.shop = _or_nothing("/vendor/profile", "no-vendor")
    found: Found = g.shop
    return found


def suspended() -> Found:
    """The visitor's shop if it is suspended and this is a vendor's page; whoever cannot be asked says nothing."""
    if not g.get("vendors_page"):
        return None
    try:
        found = acting()
    except (Refused, ServiceDown):
        g.vendors_page = False
        return None
    return found if found and found["status"] == "suspended" else None


def application() -> Found:
    """The visitor's newest application; nothing for somebody who never applied."""
    return _or_nothing("/vendor/application", "no-application")


def state(shop: Found, newest: Found) -> str:
    """Which of the Business Account cards somebody sees: `none`, `pending`, `rejected`, `approved` or `suspended`."""
    if shop:
        return "suspended" if shop["status"] == "suspended" else "approved"
    status = (newest or {}).get("status")
    return status if status in {"pending", "rejected"} else "none"


def fresh(mine: Found) -> bool:
    """Say whether a shop opened so lately that its owner is congratulated."""
    since = moment(mine["status_since"]) if mine else None
    return since is not None and datetime.now(UTC) - since < FRESH


def _or_nothing(path: str, kind: str) -> Found:
    try:
        found: Found = sessions.ask("vendor", "GET", path)
    except Refused as refused:
        if refused.kind != kind:
            raise
        return None
    return found
