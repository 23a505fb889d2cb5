"""A customer's orders: each is one, with the parts that shops fulfil."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request

from gateway.web import sessions
from gateway.web.client import Refused
from gateway.web.faring import ENDED
from gateway.web.guards import signed_in
from gateway.web.languages import gettext

pages = Blueprint("orders", __name__)


@pages.get("/orders")
@signed_in
def show() -> Any:
    """One's orders, the newest first."""
    cursor = request.args.get("cursor", "")
    params = {"limit": "10", **({"cursor": cursor} if cursor else {})}
    return render_template(
        "orders.html", found=sessions.ask("ordering", "GET", "/orders", params=params), cursor=cursor
    )


@pages.get("/orders/<uuid:order_id>")
@signed_in
def detail(order_id: UUID) -> Any:
    """One order and how each part fares; it keeps itself up to date while anything can change."""
    return _page(order_id)


@pages.get("/orders/<uuid:order_id>/live")
@signed_in
def refresh(order_id: UUID) -> Any:
    """The part of the page that changes by itself; nothing (204) if it is what the page already shows."""
    told = _told(_one(order_id))
    if request.args.get("seen") == told["seen"]:
        return "", 204
    return render_template("order/_live.html", **told)


@pages.post("/orders/<uuid:order_id>/cancel")
@signed_in
def cancel(order_id: UUID) -> Any:
    """Call off an order, or one part of it, while that can be."""
    body = {"vendor_order_id": request.form.get("part") or None}
    reason = request.form.get("reason", "").strip()[:500]
    try:
        sessions.ask("ordering", "POST", f"/orders/{order_id}/cancel", json={**body, **_given(reason)})
    except Refused as refused:
        if refused.status != 409:
            raise
        return _page(order_id, gettext("It is too late: this is packed or sent by now. Nothing was changed.")), 409
    flash(gettext("It is cancelled. The shop has been told."), "good")
    return redirect(f"/orders/{order_id}", 303)


def _given(reason: str) -> dict[str, str]:
    return {"reason": reason} if reason else {}


def _one(order_id: UUID) -> dict[str, Any]:
    order: dict[str, Any] = sessions.ask("ordering", "GET", f"/orders/{order_id}")
    return order


def _page(order_id: UUID, wrong: str = "") -> str:
    order = _one(order_id)
    return render_template("order/page.html", wrong=wrong, **_told(order))


def _told(order: dict[str, Any]) -> dict[str, Any]:
    """The order as the page shows it; `seen` says which state of it that is."""
    settled = order["status"] in ENDED
    live = render_template("order/_parts.html", order=order, settled=settled)
    seen = hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()[:16]
    return {"order": order, "live": live, "seen": seen, "settled": settled}
