"""A vendor's parts of orders: listed, shown, and taken step by step."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.ordering.api import showing
from services.ordering.api.acting import by, now
from services.ordering.domain import fulfilment, vendor_orders, vendors
from services.ordering.domain.fulfilment import NotYourVendorOrder, Tracking, UnknownVendorOrder
from services.ordering.domain.life_cycle import Status, WrongStatus
from services.ordering.domain.vendors import NoVendor, VendorSuspended
from services.ordering.vendor_schemas import PartReason, Shipment, VendorOrderQuery, VendorPart
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.paging import Page, page_of
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, respond_page, transaction

blueprint = Blueprint("vendor orders", __name__, description="A vendor's parts of orders")
STEP = (NoVendor, VendorSuspended, UnknownVendorOrder, NotYourVendorOrder, WrongStatus)


@blueprint.get("/vendor/orders")
@requires(Role.VENDOR)
@asks(VendorOrderQuery)
@answers(page_of(VendorPart))
@refuses(NoVendor)
def show(query: dict[str, Any], actor: Actor) -> Answer:
    """List the acting vendor's parts, newest first, by status if asked; `q` finds a number or a customer."""
    with transaction() as session:
        page = vendor_orders.page(session, vendors.of_user(session, actor.user_id).id, **query)
    return respond_page(Page([showing.vendor_part(found) for found in page.items], page.next_cursor), VendorPart())


@blueprint.get("/vendor/orders/<uuid:vendor_order_id>")
@requires(Role.VENDOR)
@answers(VendorPart)
@refuses(NoVendor, UnknownVendorOrder, NotYourVendorOrder)
def detail(vendor_order_id: UUID, actor: Actor) -> Answer:
    """Show one's own part, with its items, where it goes, and every step it took."""
    with transaction() as session:
        return _dump(session, vendors.of_user(session, actor.user_id).id, vendor_order_id)


@blueprint.post("/vendor/orders/<uuid:vendor_order_id>/accept")
@requires(Role.VENDOR)
@answers(VendorPart)
@refuses(*STEP)
def accept(vendor_order_id: UUID, actor: Actor) -> Answer:
    """Promise to fulfil it."""
    return _advance(vendor_order_id, actor, Status.ACCEPTED)


@blueprint.post("/vendor/orders/<uuid:vendor_order_id>/pack")
@requires(Role.VENDOR)
@answers(VendorPart)
@refuses(*STEP)
def pack(vendor_order_id: UUID, actor: Actor) -> Answer:
    """Say that it is packed; the customer can no longer cancel it."""
    return _advance(vendor_order_id, actor, Status.PACKED)


@blueprint.post("/vendor/orders/<uuid:vendor_order_id>/ship")
@requires(Role.VENDOR)
@accepts(Shipment)
@answers(VendorPart)
@refuses(*STEP)
def ship(vendor_order_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Say by whom it was sent, and how it can be followed."""
    tracking = Tracking(body["carrier"].strip(), body["tracking_number"].strip())
    return _advance(vendor_order_id, actor, Status.SHIPPED, tracking)


@blueprint.post("/vendor/orders/<uuid:vendor_order_id>/deliver")
@requires(Role.VENDOR)
@answers(VendorPart)
@refuses(*STEP)
def deliver(vendor_order_id: UUID, actor: Actor) -> Answer:
    """Say that it has arrived: it is earned now."""
    return _advance(vendor_order_id, actor, Status.DELIVERED)


@blueprint.post("/vendor/orders/<uuid:vendor_order_id>/cancel")
@requires(Role.VENDOR)
@accepts(PartReason)
@answers(VendorPart)
@refuses(*STEP)
def cancel(vendor_order_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Call it off before it is shipped, for a reason that the customer reads."""
    return _turn_down(vendor_order_id, actor, Status.CANCELLED, body["reason"])


@blueprint.post("/vendor/orders/<uuid:vendor_order_id>/reject")
@requires(Role.VENDOR)
@accepts(PartReason)
@answers(VendorPart)
@refuses(*STEP)
def reject(vendor_order_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Decline it before it is accepted, for a reason that the customer reads."""
    return _turn_down(vendor_order_id, actor, Status.REJECTED, body["reason"])


def _advance(part_id: UUID, actor: Actor, to: Status, tracking: Tracking | None = None) -> Answer:
    with transaction() as session:
        vendor = vendors.working(session, actor.user_id)
        fulfilment.advance(session, vendor.id, part_id, to, now(), by(actor), tracking)
        return _dump(session, vendor.id, part_id)


def _turn_down(part_id: UUID, actor: Actor, to: Status, reason: str) -> Answer:
    with transaction() as session:
        vendor = vendors.working(session, actor.user_id)
        fulfilment.turn_down(session, vendor.id, part_id, to, reason, now(), by(actor))
        return _dump(session, vendor.id, part_id)


def _dump(session: Session, vendor_id: UUID, part_id: UUID) -> Answer:
    return VendorPart().dump(showing.vendor_part(vendor_orders.own(session, vendor_id, part_id)))
