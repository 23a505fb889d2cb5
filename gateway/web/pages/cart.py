"""The cart: what is going to be ordered, of any shops, at the prices of now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request

from gateway.web import basket
from gateway.web.client import Refused, ServiceDown
from gateway.web.languages import gettext
from gateway.web.parts import part

pages = Blueprint("cart", __name__)
MOST_OF_ONE = 1000


@pages.get("/cart")
def show() -> Any:
    """Every line with its price and what is wrong with it, and what each shop's part would cost."""
    return page()


@pages.post("/cart")
def add() -> Any:
    """Put so many more of a product in."""
    product_id, quantity = _product(), _quantity(at_least=1)
    if quantity is None:
        return page(gettext("Enter how many, as a number from 1 to 1,000.")), 422
    there = {line["product_id"]: line["quantity"] for line in basket.ask("GET")["items"]}
    wanted = min(there.get(str(product_id), 0) + quantity, MOST_OF_ONE)
    return _changed(f"/cart/items/{product_id}", {"quantity": wanted}, gettext("It is in your cart."))


@pages.post("/cart/items/<uuid:product_id>")
def set_quantity(product_id: UUID) -> Any:
    """Have so many of a product; nought takes it out."""
    quantity = _quantity(at_least=0)
    if quantity is None:
        return page(gettext("Enter how many, as a number from 0 to 1,000.")), 422
    done = gettext("The quantity is changed.") if quantity else gettext("It is taken out.")
    return _changed(f"/cart/items/{product_id}", {"quantity": quantity}, done)


@pages.post("/cart/prices")
def agree() -> Any:
    """Go on with the prices of now."""
    items = [{"product_id": it["product_id"], "quantity": it["quantity"]} for it in basket.ask("GET")["items"]]
    return _changed("/cart", {"items": items}, gettext("These are the prices of now."))


@pages.post("/cart/discount")
def set_code() -> Any:
    """Use a discount code; nothing forgets it."""
    code = request.form.get("code", "").strip()[:40] or None
    return _changed("/cart/discount", {"code": code}, "" if code else gettext("The code is taken off."), to="/cart#sum")


def page(wrong: str = "") -> str:
    """Render the cart, with what was refused if anything was."""
    cart = part(gettext("your cart"), lambda: basket.ask("GET"), None)
    groups = basket.by_shop(cart) if cart else []
    return render_template("cart.html", cart=cart, groups=groups, wrong=wrong, most=MOST_OF_ONE)


def _changed(path: str, body: dict[str, Any], done: str, to: str = "/cart") -> Any:
    try:
        basket.ask("PUT", path, body)
    except Refused as refused:
        if refused.status in {401, 403}:
            raise
        return page(" ".join(refused.fields.values()) or refused.detail), refused.status
    except ServiceDown:
        return page(gettext("Your cart cannot be changed right now. Please try again in a few seconds.")), 503
    if done:
        flash(done, "good")
    return redirect(to, 303)


def _product() -> UUID:
    try:
        return UUID(request.form.get("product_id", ""))
    except ValueError:
        abort(400)


def _quantity(*, at_least: int) -> int | None:
    """What was entered, or nothing if that is no number that a cart takes."""
    said = request.form.get("quantity", "").strip()
    found = int(said) if said.isascii() and said.isdigit() and len(said) <= 4 else -1
    return found if at_least <= found <= MOST_OF_ONE else None
