"""The cart: a customer's, or that of whoever holds its token."""

from typing import Any
from uuid import UUID

from services.ordering.api import showing
from services.ordering.api.acting import CartTokenInvalid, cart_of, now, own_settings, owner, token_of
from services.ordering.asking import available
from services.ordering.domain import carts
from services.ordering.domain.carts import Owner
from services.ordering.domain.quotes import Quote, quote
from services.ordering.schemas import CartToken, CartView, NewCart, NewCode, Quantity
from shared.kit.auth import Actor, Role, anyone, requires
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, refuses
from shared.kit.web import Answer, transaction

CART = CartView()
"""One for all answers: a schema takes longer to make than to use."""
blueprint = Blueprint("cart", __name__, description="What is going to be ordered")


@blueprint.get("/cart")
@anyone(optional=True)
@answers(CartView)
@refuses(CartTokenInvalid)
def show(actor: Actor | None) -> Answer:
    """Show the cart at the prices of now, telling which have moved and what cannot be ordered, and why."""
    whose = owner(actor)
    with transaction() as session:
        quoted = quote(session, carts.find(session, whose), whose.customer_id, own_settings().house_vendor, now())
    return _dump(quoted)


@blueprint.put("/cart")
@anyone(optional=True)
@accepts(NewCart)
@answers(CartView)
@refuses(CartTokenInvalid)
def replace(body: dict[str, Any], actor: Actor | None) -> Answer:
    """Have exactly this in the cart, at the prices of now."""
    return _put(owner(actor), {line["product_id"]: line["quantity"] for line in body["items"]}, whole=True)


@blueprint.put("/cart/items/<uuid:product_id>")
@anyone(optional=True)
@accepts(Quantity)
@answers(CartView)
@refuses(CartTokenInvalid)
def set_quantity(product_id: UUID, body: dict[str, Any], actor: Actor | None) -> Answer:
    """Have so many of a product in the cart, at the price of now; nought takes it out."""
    return _put(owner(actor), {product_id: body["quantity"]}, whole=False)


@blueprint.put("/cart/discount")
@anyone(optional=True)
@accepts(NewCode)
@answers(CartView)
@refuses(CartTokenInvalid)
def set_code(body: dict[str, Any], actor: Actor | None) -> Answer:
    """Use a discount code for the order to come; the cart says what it takes off, or why nothing."""
    whose, moment = owner(actor), now()
    with transaction() as session:
        cart = carts.set_code(session, whose, body["code"], moment)
        quoted = quote(session, cart, whose.customer_id, own_settings().house_vendor, moment)
    return _dump(quoted)


@blueprint.post("/cart/merge")
@requires(Role.CUSTOMER)
@accepts(CartToken)
@answers(CartView)
@refuses(CartTokenInvalid)
def merge(body: dict[str, Any], actor: Actor) -> Answer:
    """Put what was gathered before signing in into one's own cart; doing so again adds nothing."""
    moment = now()
    with transaction() as session:
        cart = carts.merge(session, actor.user_id, cart_of(body["token"]), moment)
        session.flush()
        quoted = quote(session, cart, actor.user_id, own_settings().house_vendor, moment)
    return _dump(quoted)


def _put(whose: Owner, wanted: dict[UUID, int], *, whole: bool) -> Answer:
    moment = now()
    with transaction() as session:
        cart = carts.put(session, whose, wanted, moment, whole=whole)
        quoted = quote(session, cart, whose.customer_id, own_settings().house_vendor, moment)
    return _dump(quoted)


def _dump(quoted: Quote) -> Answer:
    """Catalog is asked once no transaction is open, so that its silence holds no connection."""
    there = available(own_settings(), [judged.row.product_id for judged in quoted.basket.lines])
    anonymous = quoted.cart is not None and quoted.cart.customer_id is None
    token = token_of(quoted.cart.id) if quoted.cart and anonymous else None
    return CART.dump(showing.cart(quoted, there, token))
