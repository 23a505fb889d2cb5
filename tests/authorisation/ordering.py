"""Every operation of ordering, what is sent to it, and what each caller who may call it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from services.ordering.consumers import on_products_created, on_stocks_reserved
from services.ordering.domain import carts, discounts, fulfilment
from services.ordering.domain.carts import Owner
from services.ordering.domain.fulfilment import Tracking
from services.ordering.domain.life_cycle import Status
from services.ordering.domain.placing import Rules, Wanted, place
from services.ordering.models import VendorOrder
from shared.events.catalog import ProductCreated, StockReserved
from shared.events.ids import new_id
from shared.kit.audit import By
from tests.apps import told
from tests.authorisation.statements import ANYONE, Says, Scene, admins, sellers, shoppers

ADDRESS = {
    "name": "Ada",
    "line1": "12 St James's Square",
    "line2": None,
    "city": "London",
    "region": None,
    "postal_code": None,
    "country": "GB",
    "phone": None,
}
RULES = Rules(None, timedelta(minutes=15))
ON_THE_WAY = [Status.ACCEPTED, Status.PACKED, Status.SHIPPED, Status.DELIVERED]


def product(scene: Scene) -> UUID:
    """A product of the owner's."""
    key, now = new_id(), datetime.now(UTC)
    event = ProductCreated(
        product_id=key,
        vendor_id=scene.owner.vendor.id if scene.owner.vendor else None,
        title="Cedar bowl",
        slug=key.hex,
        sku=key.hex,
        price_amount=1999,
        currency="EUR",
        status="active",
        visibility="public",
        category_id=None,
        picture=None,
        created_at=now,
    )
    with scene.market.databases["ordering"].transaction() as session:
        on_products_created(session, [told(event, 1, now)])
    return key


def order(scene: Scene, customer: UUID | None = None) -> UUID:
    """An order that stands, of the caller's unless told otherwise, for one product of the owner's."""
    who, bowl, now = customer or scene.caller.user_id, product(scene), datetime.now(UTC)
    with scene.market.databases["ordering"].transaction() as session:
        carts.put(session, Owner(who), {bowl: 1}, now)
        session.flush()
        placed = place(session, who, Wanted(ADDRESS), RULES, now).id
        reserved = StockReserved(order_id=placed, reserved_at=now, expires_at=now + timedelta(minutes=15))
        on_stocks_reserved(session, [told(reserved, 1, now)])
    return placed


def part(scene: Scene, at: Status = Status.PENDING) -> UUID:
    """The owner's part of somebody's order, so far on its way."""
    placed, vendor = order(scene, uuid4()), scene.owner.vendor
    assert vendor
    with scene.market.databases["ordering"].transaction() as session:
        key = session.scalars(select(VendorOrder.id).where(VendorOrder.order_id == placed)).one()
        for step in ON_THE_WAY[: ON_THE_WAY.index(at) + 1 if at in ON_THE_WAY else 0]:
            tracking = Tracking("DHL", "1") if step is Status.SHIPPED else None
            by = By(scene.owner.user_id, "vendor")
            fulfilment.advance(session, vendor.id, key, step, datetime.now(UTC), by, tracking)
    return key


def filled(scene: Scene) -> dict[str, Any]:
    """An order of what is in the caller's cart."""
    bowl = product(scene)
    with scene.market.databases["ordering"].transaction() as session:
        carts.put(session, Owner(scene.caller.user_id), {bowl: 1}, datetime.now(UTC))
    return {"shipping_address": ADDRESS}


def a_token(scene: Scene) -> dict[str, str]:
    """The token of an anonymous cart."""
    return {"token": scene.market.ordering_settings.cart_tokens.give(uuid4())}


def lines(scene: Scene) -> dict[str, Any]:
    return {"items": [{"product_id": str(product(scene)), "quantity": 2}]}


def code(scene: Scene) -> UUID:
    """A discount code that holds."""
    wanted = {"code": f"CODE-{uuid4().hex[:8]}", "percentage_bps": 1000}
    with scene.market.databases["ordering"].transaction() as session:
        return discounts.create(session, wanted, datetime.now(UTC), By(None, "admin")).id


def owed(scene: Scene) -> dict[str, Any]:
    """A part that was delivered, and is to be paid."""
    part(scene, Status.DELIVERED)
    return {}


def of_a_part(at: Status = Status.PENDING) -> Callable[[Scene], Mapping[str, Any]]:
    return lambda scene: {"vendor_order_id": part(scene, at)}


def of_an_order(scene: Scene) -> Mapping[str, Any]:
    return {"order_id": order(scene)}


SENT: Callable[[Scene], Any] = lambda _: {"carrier": "DHL", "tracking_number": "1"}  # noqa: E731 - one of many bodies
WHY: Callable[[Scene], Any] = lambda _: {"reason": "Broken"}  # noqa: E731 - one of many bodies
NEW_CODE: Callable[[Scene], Any] = lambda _: {"code": f"C-{uuid4().hex[:8]}", "percentage_bps": 5}  # noqa: E731
STEPS = sellers(200, 403, 409)

BOUGHT: dict[tuple[str, str], Says] = {
    ("ordering", "GET /cart"): Says({ANYONE: 200}),
    ("ordering", "PUT /cart"): Says({ANYONE: 200}, lines),
    ("ordering", "PUT /cart/items/{product_id}"): Says(
        {ANYONE: 200}, lambda _: {"quantity": 1}, lambda scene: {"product_id": product(scene)}
    ),
    ("ordering", "PUT /cart/discount"): Says({ANYONE: 200}, lambda _: {"code": "SPRING"}),
    ("ordering", "POST /cart/merge"): Says(shoppers(200), a_token),
    ("ordering", "POST /orders"): Says(shoppers(202), filled),
    ("ordering", "GET /orders"): Says(shoppers(200)),
    ("ordering", "GET /orders/{order_id}"): Says(shoppers(200), path=of_an_order),
    ("ordering", "POST /orders/{order_id}/cancel"): Says(shoppers(200), lambda _: {}, of_an_order),
    ("ordering", "GET /vendor/orders"): Says(sellers(200, 200, 200)),
    ("ordering", "GET /vendor/orders/{vendor_order_id}"): Says(sellers(200, 403, 403), path=of_a_part()),
    ("ordering", "POST /vendor/orders/{vendor_order_id}/accept"): Says(STEPS, path=of_a_part()),
    ("ordering", "POST /vendor/orders/{vendor_order_id}/pack"): Says(STEPS, path=of_a_part(Status.ACCEPTED)),
    ("ordering", "POST /vendor/orders/{vendor_order_id}/ship"): Says(STEPS, SENT, of_a_part(Status.PACKED)),
    ("ordering", "POST /vendor/orders/{vendor_order_id}/deliver"): Says(STEPS, path=of_a_part(Status.SHIPPED)),
    ("ordering", "POST /vendor/orders/{vendor_order_id}/cancel"): Says(STEPS, WHY, of_a_part()),
    ("ordering", "POST /vendor/orders/{vendor_order_id}/reject"): Says(STEPS, WHY, of_a_part()),
    ("ordering", "GET /vendor/ledger"): Says(sellers(200, 200, 200)),
    ("ordering", "GET /vendor/ledger.csv"): Says(sellers(200, 200, 200)),
    ("ordering", "GET /vendor/statistics"): Says(sellers(200, 200, 200)),
    ("ordering", "GET /admin/orders"): Says(admins()),
    ("ordering", "GET /admin/orders/{order_id}"): Says(admins(), path=of_an_order),
    ("ordering", "GET /admin/orders/{order_id}/explain"): Says(admins(), path=of_an_order),
    ("ordering", "GET /admin/statistics"): Says(admins()),
    ("ordering", "POST /admin/discounts"): Says(admins(201), NEW_CODE),
    ("ordering", "GET /admin/discounts"): Says(admins()),
    ("ordering", "POST /admin/discounts/{discount_id}/disable"): Says(
        admins(), WHY, lambda scene: {"discount_id": code(scene)}
    ),
    ("ordering", "POST /admin/payouts"): Says(admins(201), owed),
    ("ordering", "GET /admin/payouts"): Says(admins()),
}
