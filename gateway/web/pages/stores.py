"""What everybody sees of a shop."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, g, render_template

from gateway.web import sessions
from gateway.web.client import Refused, ServiceDown

pages = Blueprint("stores", __name__)


@pages.get("/vendor/store/<slug>")
def show(slug: str) -> Any:
    """Banner, logo, what they say of themselves; the owner also finds the way to change it."""
    store = sessions.ask("vendor", "GET", f"/vendor/store/{quote(slug, safe='')}")
    return render_template("store.html", store=store, own=_is_own(store))


def _is_own(store: dict[str, Any]) -> bool:
    if g.visit.role != "vendor":
        return False
    try:
        return bool(sessions.ask("vendor", "GET", "/vendor/profile")["id"] == store["id"])
    except (Refused, ServiceDown):
        return False
