"""Looking for products: by words, and by the tree of categories."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort

from gateway.web import shelf
from gateway.web.shelf import Sought

pages = Blueprint("shelves", __name__)


@pages.get("/search")
def search() -> Any:
    """What the words and the choices find; without any, all that one sees."""
    tree = shelf.tree()
    return shelf.shown("search.html", shelf.fill(Sought.read("/search")), tree=tree)


@pages.get("/categories/<slug>")
def category(slug: str) -> Any:
    """All that is in a category and below it."""
    tree = shelf.categories()
    found = next((it for it in tree if it["slug"] == slug), None) or abort(404)
    above = [it for it in tree if it["id"] in found["path"] and it["id"] != found["id"]]
    filled = shelf.fill(Sought.read(f"/categories/{slug}", category=slug))
    return shelf.shown("category.html", filled, it=found, above=above, inside=shelf.below(tree, found), tree=tree)
