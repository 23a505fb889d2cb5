"""What admins look through: applications and vendors, filtered, searched, page by page, and each with its history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.vendor.domain import commissions
from services.vendor.domain.applications import UnknownApplication
from services.vendor.domain.statuses import DELETED
from services.vendor.domain.vendors import UnknownVendor
from services.vendor.models import Customer, Vendor, VendorApplication, VendorCustomer, VendorStatus
from shared.kit.paging import Page, take

_APPLICANT, _DECIDER = aliased(Customer), aliased(Customer)
_E_MAIL = func.coalesce(VendorApplication.business_email, _APPLICANT.email)


def applications(
    session: Session,
    *,
    status: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Any]:
    """Applications, newest first; `q` is a part of the business's name or e-mail, or of the applicant's."""
    found = _applications()
    if status:
        found = found.where(VendorApplication.status == status)
    if q:
        found = found.where(_contains(q, VendorApplication.business_name, _E_MAIL, _APPLICANT.name, _APPLICANT.email))
    order = (VendorApplication.submitted_at, VendorApplication.id)
    return take(session, found, order, cursor=cursor, limit=limit)


def application(session: Session, application_id: UUID) -> Row[Any]:
    """One application as the list shows it. Raises `UnknownApplication`."""
    row = session.execute(_applications().where(VendorApplication.id == application_id)).one_or_none()
    if row is None:
        raise UnknownApplication
    return row


def other_applications(session: Session, application: Row[Any]) -> Sequence[Row[Any]]:
    """What else the applicant asked for, newest first; at most the last fifty."""
    others = _applications().where(
        VendorApplication.user_id == application.user_id, VendorApplication.id != application.id
    )
    newest = others.order_by(VendorApplication.submitted_at.desc(), VendorApplication.id.desc())
    return session.execute(newest.limit(50)).all()


def vendors(
    session: Session,
    now: datetime,
    *,
    status: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Any]:
    """Vendors, newest first, deleted ones only if asked for; `q` is a part of a name, slug, code, or of the owner's."""
    found = _vendors(now).where(Vendor.status == status if status else Vendor.status != DELETED)
    if q:
        found = found.where(_contains(q, Vendor.name, Vendor.slug, Vendor.code, Customer.name, Customer.email))
    return take(session, found, (Vendor.created_at, Vendor.id), cursor=cursor, limit=limit)


def vendor(session: Session, vendor_id: UUID, now: datetime) -> Row[Any]:
    """One vendor as the list shows it. Raises `UnknownVendor`."""
    row = session.execute(_vendors(now).where(Vendor.id == vendor_id)).one_or_none()
    if row is None:
        raise UnknownVendor
    return row


def statuses(session: Session, vendor_id: UUID) -> Sequence[VendorStatus]:
    """What a vendor's status became when and why, last first."""
    rows = select(VendorStatus).where(VendorStatus.vendor_id == vendor_id)
    return session.scalars(rows.order_by(VendorStatus.version.desc())).all()


def customers(session: Session, vendor_id: UUID) -> int:
    """How many are on a vendor's list."""
    listed = (VendorCustomer.vendor_id == vendor_id, VendorCustomer.removed_at.is_(None))
    return session.scalar(select(func.count()).where(*listed)) or 0


def _contains(part: str, *columns: Any) -> Any:
    return or_(*(column.icontains(part, autoescape=True) for column in columns))


def _applications() -> Any:
    return (
        select(
            *(column for column in VendorApplication.__table__.columns if column.name != "business_email"),
            _E_MAIL.label("business_email"),
            _APPLICANT.name.label("applicant_name"),
            _APPLICANT.email.label("applicant_email"),
            _DECIDER.name.label("decided_by_name"),
            Vendor.name.label("vendor_name"),
            Vendor.slug.label("vendor_slug"),
        )
        .outerjoin(_APPLICANT, _APPLICANT.id == VendorApplication.user_id)
        .outerjoin(_DECIDER, _DECIDER.id == VendorApplication.decided_by)
        .outerjoin(Vendor, Vendor.id == VendorApplication.vendor_id)
    )


def _vendors(now: datetime) -> Any:
    return select(
        *(column for column in Vendor.__table__.columns if column.name != "commission_bps"),
        commissions.present(now).label("commission_bps"),
        Customer.name.label("owner_name"),
        Customer.email.label("owner_email"),
    ).outerjoin(Customer, Customer.id == Vendor.user_id)
