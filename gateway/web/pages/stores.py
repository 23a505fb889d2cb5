"""What everybody sees of a shop."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, g

from gateway.web import sessions, shelf
from gateway.web.client import Refused, ServiceDown
from gateway.web.languages import gettext
from gateway.web.parts import missing
from gateway.web.shelf import Shelf, Sought

pages = Blueprint("stores", __name__)
Store = dict[str, Any]


@pages.get("/vendor/store/<slug>")
def show(slug: str) -> Any:
    """Banner, logo, what they say of themselves, what they sell; the owner also finds the way to change it.

    While vendor does not answer, a shop that sells something is known by its products.
    """
    store, filled = _with_products(slug)
    return shelf.shown("store.html", filled, store=store, own=_is_own(store), tree=shelf.tree())


def _with_products(slug: str) -> tuple[Store, Shelf]:
    path = f"/vendor/store/{slug}"
    try:
        store: Store = sessions.ask("vendor", "GET", f"/vendor/store/{quote(slug, safe='')}")
    except ServiceDown:
        filled = shelf.fill(Sought.read(path, vendor=slug))
        return _known_by(filled), filled
    return store, shelf.fill(Sought.read(path, vendor=store["id"]))


def _known_by(filled: Shelf) -> Store:
    """A shop as its products name it; without any, nobody can say whether it is there."""
    seller = next((it["vendor"] for it in (filled.found or {}).get("items", ()) if it["vendor"]), None)
    if seller is None:
        raise ServiceDown("vendor")
    missing().append(gettext("what the shop says of itself"))
    return {
        **dict.fromkeys(("banner", "logo", "description", "city", "country", "website", "email", "phone")),
        **seller,
    }


def _is_own(store: Store) -> bool:
    if g.visit.role != "vendor":
        return False
    try:
        return bool(sessions.ask("vendor", "GET", "/vendor/profile")["id"] == store["id"])
    except (Refused, ServiceDown):
        return False
