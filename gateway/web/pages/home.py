"""The front door: what there is to buy, and what this place is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, render_template

from gateway.web import sessions, shelf
from gateway.web.languages import gettext
from gateway.web.parts import part

pages = Blueprint("home", __name__)
NEWEST, LOOKED_AT = 12, 100


@pages.get("/")
def show() -> str:
    """Categories and the newest products; to whoever is new here also what this is."""
    tree = shelf.tree()
    newest = part(gettext("the products"), _newest, None)
    tops = [{**it, "below": shelf.below(tree, it)} for it in shelf.below(tree, None)]
    return render_template("home.html", tops=tops, newest=newest)


def _newest() -> list[dict[str, Any]] | None:
    params = {"limit": str(LOOKED_AT), "sort": "newest", "in_stock": "true"}
    return mixed(sessions.ask("catalog", "GET", "/products", params=params)["items"])


def mixed(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest of each shop, then the second newest of each, so that no shop fills the front door alone."""
    behind: Counter[str | None] = Counter()
    ranked = []
    for place, it in enumerate(items):
        ranked.append((behind[it["vendor_id"]], place, it))
        behind[it["vendor_id"]] += 1
    return [it for _, _, it in sorted(ranked, key=lambda each: each[:2])[:NEWEST]]
