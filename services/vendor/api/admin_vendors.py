"""Vendors, for the admins who watch over them; and the audit trail."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.vendor.api import showing
from services.vendor.api.acting import by, now
from services.vendor.application_schemas import AuditQuery, DeedView, OptionalReason, Reason
from services.vendor.domain import audit, directory, standing
from services.vendor.domain.standing import ApplicationWaits, OwnerGone
from services.vendor.domain.statuses import WrongStatus
from services.vendor.domain.vendors import AlreadyVendor, UnknownVendor
from services.vendor.models import Vendor
from services.vendor.vendor_schemas import CommissionChange, VendorDetail, VendorItem, VendorQuery
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.paging import page_of
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, respond_page, transaction

blueprint = Blueprint("admin vendors", __name__, description="Watching over vendors")


@blueprint.get("/admin/vendors")
@requires(Role.ADMIN)
@asks(VendorQuery)
@answers(page_of(VendorItem))
def show(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """List vendors, newest first; `q` finds a part of a name, slug or code, or of the owner's name or e-mail."""
    with transaction() as session:
        page = directory.vendors(session, now(), **query)
    return respond_page(page, VendorItem())


@blueprint.get("/admin/vendors/<uuid:vendor_id>")
@requires(Role.ADMIN)
@answers(VendorDetail)
@refuses(UnknownVendor)
def detail(vendor_id: UUID, actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """Show a vendor with the history of their status and of their commission."""
    with transaction() as session:
        return _dump(session, session.get(Vendor, vendor_id))


@blueprint.post("/admin/vendors/<uuid:vendor_id>/suspend")
@requires(Role.ADMIN)
@accepts(Reason)
@answers(VendorDetail)
@refuses(UnknownVendor, WrongStatus)
def suspend(vendor_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Stop a vendor from selling, for a reason that they read; they can still sign in and read."""
    with transaction() as session:
        return _dump(session, standing.suspend(session, vendor_id, body["reason"], now(), by(actor)))


@blueprint.post("/admin/vendors/<uuid:vendor_id>/reactivate")
@requires(Role.ADMIN)
@accepts(OptionalReason, required=False)
@answers(VendorDetail)
@refuses(UnknownVendor, WrongStatus, OwnerGone)
def reactivate(vendor_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Let a suspended vendor sell again."""
    with transaction() as session:
        return _dump(session, standing.reactivate(session, vendor_id, now(), by(actor), body["reason"]))


@blueprint.post("/admin/vendors/<uuid:vendor_id>/commission")
@requires(Role.ADMIN)
@accepts(CommissionChange)
@answers(VendorDetail)
@refuses(UnknownVendor, WrongStatus)
def commission(vendor_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Set the commission that holds for orders placed from a moment on; earlier rates are kept."""
    bps = body.pop("commission_bps")
    with transaction() as session:
        return _dump(session, standing.change_commission(session, vendor_id, bps, now(), by(actor), **body))


@blueprint.post("/admin/vendors/<uuid:vendor_id>/delete")
@requires(Role.ADMIN)
@accepts(Reason)
@answers(VendorDetail)
@refuses(UnknownVendor, WrongStatus)
def delete(vendor_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Delete a vendor softly: they can be restored, and their name stays theirs."""
    with transaction() as session:
        return _dump(session, standing.delete(session, vendor_id, body["reason"], now(), by(actor)))


@blueprint.post("/admin/vendors/<uuid:vendor_id>/restore")
@requires(Role.ADMIN)
@accepts(OptionalReason, required=False)
@answers(VendorDetail)
@refuses(UnknownVendor, WrongStatus, AlreadyVendor, ApplicationWaits, OwnerGone)
def restore(vendor_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Bring a deleted vendor back as they were: who was suspended still is."""
    with transaction() as session:
        return _dump(session, standing.restore(session, vendor_id, now(), by(actor), body["reason"]))


@blueprint.get("/admin/audit")
@requires(Role.ADMIN)
@asks(AuditQuery)
@answers(page_of(DeedView))
def acts(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """List who did what, newest first: every act of admins, and of vendors on their profile and lists."""
    with transaction() as session:
        page = audit.page(session, **query)
    return respond_page(page, DeedView())


def _dump(session: Session, vendor: Vendor | None) -> Answer:
    if vendor is None:
        raise UnknownVendor
    session.flush()
    return VendorDetail().dump(showing.detailed(session, vendor))
