"""How many there are of a product: what moved, goods that come in, corrections, and when few are few."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request

from gateway.web.forms import new_key, submit
from gateway.web.languages import gettext, lazy_gettext
from gateway.web.product_forms import Movement, Threshold
from gateway.web.sides import SIDES, Side

MOVED = {
    "receipt": lazy_gettext("Goods came in"),
    "adjustment": lazy_gettext("Corrected"),
    "reservation": lazy_gettext("Put aside for an order"),
    "release": lazy_gettext("Given back by an order"),
    "sale": lazy_gettext("Sold"),
    "return": lazy_gettext("Came back"),
}


def show(side: Side, product_id: UUID) -> Any:
    """What there is, and what moved, the last first."""
    return _page(side, product_id)


def change(side: Side, product_id: UUID) -> Any:
    """Take goods in, or correct the count and say why."""
    form = Movement()
    headers = {"Idempotency-Key": (form.key.data or "")[:64]}
    if submit(form, lambda: side.ask("POST", f"/{product_id}/stock", json=form.body(), headers=headers)):
        flash(gettext("The stock is changed."), "good")
        return redirect(f"{side.path}/{product_id}/stock", 303)
    form.key.data = new_key()
    return _page(side, product_id, movement=form), g.status


def set_threshold(side: Side, product_id: UUID) -> Any:
    """Say at how many the owner wants to be told."""
    form = Threshold()
    body = {"threshold": form.threshold.data}
    if submit(form, lambda: side.ask("PATCH", f"/{product_id}/stock", json=body)):
        flash(gettext("You are told when so few are left."), "good")
        return redirect(f"{side.path}/{product_id}/stock", 303)
    return _page(side, product_id, limit=form), g.status


def _page(side: Side, product_id: UUID, movement: Movement | None = None, limit: Threshold | None = None) -> str:
    cursor = request.args.get("cursor", "")
    level = side.ask("GET", f"/{product_id}/stock", params={"limit": "20", **({"cursor": cursor} if cursor else {})})
    shown: dict[str, Any] = {"it": side.one(product_id), "level": level, "form": movement or limit}
    forms = {"movement": movement or Movement(formdata=None), "limit": limit or Threshold(data=level, formdata=None)}
    return render_template("products/stock.html", side=side, moved=MOVED, cursor=cursor, **shown, **forms)


ROWS = (
    ("/<uuid:product_id>/stock", "GET", show),
    ("/<uuid:product_id>/stock", "POST", change),
    ("/<uuid:product_id>/stock/threshold", "POST", set_threshold),
)
BLUEPRINTS = tuple(side.blueprint("stock", ROWS) for side in SIDES)
