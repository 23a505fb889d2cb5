"""Every operation of notifications, what is sent to it, and what each caller who may call it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.notifications.consumers import on_orders_confirmed
from services.notifications.domain.kinds import Channel, Kind
from services.notifications.domain.unsubscribing import Subscription
from services.notifications.models import Delivery, Message
from shared.events.ids import new_id
from shared.events.ordering import OrderConfirmed
from tests.apps import told
from tests.authorisation.statements import ANYONE, Says, Scene, admins, everybody_signed_in


def notification(scene: Scene) -> UUID:
    """Something that the caller was told."""
    order = OrderConfirmed(
        order_id=new_id(),
        number="ORD-1",
        customer_id=scene.caller.user_id,
        total_amount=1999,
        currency="EUR",
        vendor_orders=1,
        confirmed_at=datetime.now(UTC),
    )
    with scene.market.databases["notifications"].transaction() as session:
        on_orders_confirmed(session, [told(order, 1, order.confirmed_at)])
        return session.scalars(select(Message.id).where(Message.aggregate_id == order.order_id)).one()


def delivery(scene: Scene) -> UUID:
    """A mail that could not be delivered."""
    message = notification(scene)
    with scene.market.databases["notifications"].transaction() as session:
        failed = update(Delivery).where(Delivery.message_id == message).values(state="failed").returning(Delivery.id)
        return session.scalars(failed).one()


def link(scene: Scene) -> str:
    """The link in a mail to the caller."""
    what = Subscription(scene.caller.user_id, Kind.ORDER_CONFIRMED, Channel.EMAIL)
    return f"token={scene.market.notifications_settings.unsubscribe_links.token(what)}"


def of_a_notification(scene: Scene) -> Mapping[str, Any]:
    return {"notification_id": notification(scene)}


def of_a_delivery(scene: Scene) -> Mapping[str, Any]:
    return {"delivery_id": delivery(scene)}


def wishes(_: Scene) -> dict[str, Any]:
    """Something that anybody may wish: there is no kind that customers and admins share, so each has their own."""
    return {"items": [{"kind": "order_confirmed", "channel": "email", "enabled": False}]}


EVERYBODY = everybody_signed_in(200)
TOLD: dict[tuple[str, str], Says] = {
    ("notifications", "GET /notifications"): Says(EVERYBODY),
    ("notifications", "GET /notifications/unread"): Says(EVERYBODY),
    ("notifications", "POST /notifications/{notification_id}/read"): Says(EVERYBODY, path=of_a_notification),
    ("notifications", "POST /notifications/read"): Says(EVERYBODY, lambda _: {}),
    ("notifications", "GET /notifications/preferences"): Says(EVERYBODY),
    ("notifications", "PUT /notifications/preferences"): Says({**EVERYBODY, "admin": 422}, wishes),
    ("notifications", "GET /notifications/unsubscribe"): Says({ANYONE: 200}, query=link),
    ("notifications", "POST /notifications/unsubscribe"): Says({ANYONE: 200}, query=link),
    ("notifications", "GET /notifications/stream"): Says(everybody_signed_in(503)),
    ("notifications", "GET /admin/deliveries"): Says(admins()),
    ("notifications", "GET /admin/deliveries/counts"): Says(admins()),
    ("notifications", "POST /admin/deliveries/{delivery_id}/resend"): Says(admins(), lambda _: {}, of_a_delivery),
    ("notifications", "POST /admin/deliveries/{delivery_id}/dismiss"): Says(admins(), lambda _: {}, of_a_delivery),
    ("notifications", "GET /admin/notifications/templates"): Says(admins()),
    ("notifications", "GET /admin/notifications/preview"): Says(admins(), query=lambda _: "kind=stock_low"),
}
