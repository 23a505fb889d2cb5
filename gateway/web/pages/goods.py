"""What everybody sees of a product who may see it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, g, render_template

from gateway.web import sessions, shop
from gateway.web.client import Refused, ServiceDown
from gateway.web.languages import gettext
from gateway.web.parts import part

pages = Blueprint("goods", __name__)
MORE = 4
MOST_AT_ONCE = 99


@pages.get("/products/<slug>")
def show(slug: str) -> Any:
    """Pictures, price, how many there are, who sells it; the owner also finds the way to change it."""
    it = sessions.ask("catalog", "GET", f"/products/{quote(slug, safe='')}")
    more = part(gettext("what else they sell"), lambda: _more(it), None)
    return render_template("product.html", it=it, more=more, edit=_edit(it), most=min(it["stock"], MOST_AT_ONCE))


def _more(it: dict[str, Any]) -> list[dict[str, Any]] | None:
    if not it["vendor_id"]:
        return None
    params = {"vendor": it["vendor_id"], "limit": str(MORE + 1), "in_stock": "true"}
    items: list[dict[str, Any]] = sessions.ask("catalog", "GET", "/products", params=params)["items"]
    return [other for other in items if other["id"] != it["id"]][:MORE]


def _edit(it: dict[str, Any]) -> str | None:
    """Where its owner changes it; nothing for anybody else."""
    if g.visit.role == "admin" and not it["vendor_id"]:
        return f"/admin/products/{it['id']}/edit"
    if g.visit.role != "vendor" or not it["vendor_id"]:
        return None
    try:
        mine = shop.acting()
    except (Refused, ServiceDown):
        return None
    return f"/vendor/products/{it['id']}/edit" if mine and mine["id"] == it["vendor_id"] else None
