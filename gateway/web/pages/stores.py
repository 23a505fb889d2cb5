"""What everybody sees of a shop."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, g

from gateway.web import sessions, shelf
from gateway.web.client import Refused, ServiceDown
from gateway.web.shelf import Sought

pages = Blueprint("stores", __name__)


@pages.get("/vendor/store/<slug>")
def show(slug: str) -> Any:
    """Banner, logo, what they say of themselves, what they sell; the owner also finds the way to change it."""
    store = sessions.ask("vendor", "GET", f"/vendor/store/{quote(slug, safe='')}")
    filled = shelf.fill(Sought.read(f"/vendor/store/{slug}", vendor=store["id"]))
    tree = shelf.tree()
    return shelf.shown("store.html", filled, store=store, own=_is_own(store), tree=tree)


def _is_own(store: dict[str, Any]) -> bool:
    if g.visit.role != "vendor":
        return False
    try:
        return bool(sessions.ask("vendor", "GET", "/vendor/profile")["id"] == store["id"])
    except (Refused, ServiceDown):
        return False
