"""Checkout: where to, what it costs, and one press that orders it once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template

from gateway.web import basket, sessions
from gateway.web.client import Refused, ServiceDown
from gateway.web.forms import submit
from gateway.web.guards import signed_in
from gateway.web.languages import gettext
from gateway.web.order_forms import BLAMED, NEW, Checkout
from gateway.web.parts import part

pages = Blueprint("checkout", __name__)
MOVED = frozenset({"cart-changed", "price-changed", "cannot-be-ordered", "mixed-currencies", "too-much"})


@pages.get("/checkout")
@signed_in
def show() -> Any:
    """The summary and the address; a cart that cannot be ordered is looked at first."""
    cart = basket.ask("GET")
    return _page(cart, Checkout.of(cart, _addresses(), sent=False)) if cart["total"] else redirect("/cart", 303)


@pages.post("/checkout")
@signed_in
def place() -> Any:
    """Order it, once however often it is sent; what moved meanwhile is shown before it is agreed to again."""
    cart = basket.ask("GET")
    form, placed = Checkout.of(cart, _addresses(), sent=True), list[dict[str, Any]]()
    try:
        if submit(form, lambda: placed.append(_place(form)), also=BLAMED):
            return _done(placed[0]["id"], form)
    except PlacedBefore:
        flash(gettext("This was ordered already: here are your orders."), "warn")
        return redirect("/orders", 303)
    except Moved as moved:
        return _again(form, moved)
    return _page(cart, form), g.status


class Moved(Exception):
    """The cart is not what was agreed to any more; the message says how."""


class PlacedBefore(Exception):
    """The same form was sent before, with another address."""


def _place(form: Checkout) -> dict[str, Any]:
    headers = {"Idempotency-Key": (form.key.data or "")[:64]}
    try:
        placed: dict[str, Any] = sessions.ask("ordering", "POST", "/orders", json=form.order(), headers=headers)
    except Refused as refused:
        if refused.kind in {"idempotency-key-reused", "cart-empty"}:
            raise PlacedBefore from None
        if refused.kind in MOVED:
            raise Moved(_said(refused)) from None
        raise
    return placed


def _said(refused: Refused) -> str:
    if refused.kind in {"cart-changed", "price-changed"}:
        return gettext(
            "Your cart or a price in it has changed since you opened this page. Please look at the sum again."
        )
    return f"{refused.detail} {' '.join(refused.fields.values())}".strip()


def _again(form: Checkout, moved: Moved) -> Any:
    cart = basket.ask("GET")
    if not cart["total"]:
        flash(str(moved), "warn")
        return redirect("/cart", 303)
    form.form_errors.append(str(moved))
    return _page(cart, form.renew(cart)), 409


def _done(order_id: str, form: Checkout) -> Any:
    basket.emptied()
    if address := form.to_keep():
        try:
            sessions.ask("identity", "POST", "/me/addresses", json=address)
        except (Refused, ServiceDown):
            flash(gettext("The order is placed; the address could not be kept for next time."), "warn")
    return redirect(f"/orders/{order_id}", 303)


def _addresses() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = part(
        gettext("your saved addresses"), lambda: sessions.ask("identity", "GET", "/me/addresses")["items"], []
    )
    return items


def _page(cart: dict[str, Any], form: Checkout) -> str:
    return render_template("checkout.html", cart=cart, groups=basket.by_shop(cart), form=form, new=NEW)
