"""Deliveries, for the admins who look after what is stuck."""

from typing import Any
from uuid import UUID

from services.notifications.api.acting import by, now
from services.notifications.domain import deliveries
from services.notifications.domain.deliveries import DeliveryState, MessageGone, UnknownDelivery
from services.notifications.schemas import DeliveryCounts, DeliveryQuery, DeliveryView, OptionalReason
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.paging import page_of
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, respond_page, transaction

blueprint = Blueprint("admin deliveries", __name__, description="Mails on their way, and those that are stuck")


@blueprint.get("/admin/deliveries")
@requires(Role.ADMIN)
@asks(DeliveryQuery)
@answers(page_of(DeliveryView))
def show(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """List deliveries, newest first; without a filter those that failed, lapsed or are in doubt."""
    with transaction() as session:
        page = deliveries.page(session, **query)
    return respond_page(page, DeliveryView())


@blueprint.get("/admin/deliveries/counts")
@requires(Role.ADMIN)
@answers(DeliveryCounts)
def counts(actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """Count the deliveries in each state."""
    with transaction() as session:
        return DeliveryCounts().dump(deliveries.counts(session))


@blueprint.post("/admin/deliveries/<uuid:delivery_id>/resend")
@requires(Role.ADMIN)
@accepts(OptionalReason, required=False)
@answers(DeliveryView)
@refuses(UnknownDelivery, DeliveryState, MessageGone)
def resend(delivery_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Send one again that failed, lapsed, was dismissed or is in doubt; who got one in doubt gets it twice."""
    with transaction() as session:
        return DeliveryView().dump(deliveries.resend(session, delivery_id, body["reason"], now(), by(actor)))


@blueprint.post("/admin/deliveries/<uuid:delivery_id>/dismiss")
@requires(Role.ADMIN)
@accepts(OptionalReason, required=False)
@answers(DeliveryView)
@refuses(UnknownDelivery, DeliveryState)
def dismiss(delivery_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Let go of one that failed, lapsed or is in doubt; it can still be sent again later."""
    with transaction() as session:
        return DeliveryView().dump(deliveries.dismiss(session, delivery_id, body["reason"], now(), by(actor)))
