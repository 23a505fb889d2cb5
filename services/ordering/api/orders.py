"""A customer's orders: placed once, seen as one, cancelled while that can be."""

from typing import Any
from uuid import UUID

from services.ordering.api import showing
from services.ordering.api.acting import by, now, rules
from services.ordering.domain import cancelling, orders
from services.ordering.domain.discounts import DiscountNotValid
from services.ordering.domain.life_cycle import WrongStatus
from services.ordering.domain.orders import UnknownOrder
from services.ordering.domain.placing import (
    CannotBeOrdered,
    CartChanged,
    CartEmpty,
    MixedCurrencies,
    PriceChanged,
    TooMuch,
    Wanted,
    place,
)
from services.ordering.schemas import Cancellation, NewOrder, OrderItem, OrderQuery, OrderView, PlacedView
from shared.kit.auth import Actor, Role, requires
from shared.kit.idempotency import idempotent, once
from shared.kit.operations import Blueprint
from shared.kit.paging import Page, page_of
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, respond_page, transaction

PLACED, LISTED, ORDER = PlacedView(), OrderItem(), OrderView()
"""One each for all answers: a schema takes longer to make than to use."""
blueprint = Blueprint("orders", __name__, description="A customer's orders")


@blueprint.post("/orders")
@requires(Role.CUSTOMER)
@idempotent
@accepts(NewOrder)
@answers(PlacedView, 202)
@refuses(CartEmpty, CartChanged, CannotBeOrdered, PriceChanged, MixedCurrencies, TooMuch, DiscountNotValid)
def create(body: dict[str, Any], actor: Actor) -> Answer:
    """Order what is in the cart, once, however often it is submitted; whether it stands is decided in a moment."""
    wanted = Wanted(body["shipping_address"], body["total"], body["cart_version"])

    def produce() -> Answer:
        return PLACED.dump(showing.placed(place(session, actor.user_id, wanted, rules(), now())))

    with transaction() as session:
        return once(session, produce)


@blueprint.get("/orders")
@requires(Role.CUSTOMER)
@asks(OrderQuery)
@answers(page_of(OrderItem))
def show(query: dict[str, Any], actor: Actor) -> Answer:
    """List one's orders, newest first, each with its parts."""
    with transaction() as session:
        page = orders.of_customer(session, actor.user_id, **query)
    return respond_page(Page([showing.listed(found) for found in page.items], page.next_cursor), LISTED)


@blueprint.get("/orders/<uuid:order_id>")
@requires(Role.CUSTOMER)
@answers(OrderView)
@refuses(UnknownOrder)
def detail(order_id: UUID, actor: Actor) -> Answer:
    """Show one's own order; another's is not there."""
    with transaction() as session:
        return ORDER.dump(showing.order(orders.own(session, actor.user_id, order_id)))


@blueprint.post("/orders/<uuid:order_id>/cancel")
@requires(Role.CUSTOMER)
@accepts(Cancellation, required=False)
@answers(OrderView)
@refuses(UnknownOrder, WrongStatus)
def cancel(order_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Cancel an order, or one part: whatever is not packed yet; what is stays, and if all of it is, nothing changes."""
    with transaction() as session:
        cancelling.by_customer(
            session, actor.user_id, order_id, body["reason"], now(), by(actor), part_id=body["vendor_order_id"]
        )
        return ORDER.dump(showing.order(orders.own(session, actor.user_id, order_id)))
