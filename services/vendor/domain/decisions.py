"""Admins decide applications: approve, which makes a vendor, or reject with a reason. One decides, the next is told."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from services.vendor.domain import applications, vendors
from services.vendor.domain.applications import Status, UnknownApplication, WrongApplicationStatus
from services.vendor.domain.audit import Action, names, note
from services.vendor.domain.statuses import needed
from services.vendor.models import Vendor, VendorApplication, VendorProfile
from shared.events.vendor import VendorApplicationRejected
from shared.kit.audit import By
from shared.messaging import outbox


class AlreadyDecided(WrongApplicationStatus):
    """Somebody decided this application before you."""


class Approved(NamedTuple):
    """An application and the vendor that it made or restored."""

    application: VendorApplication
    vendor: Vendor


def approve(
    session: Session,
    application_id: UUID,
    now: datetime,
    by: By,
    *,
    default_bps: int,
    commission_bps: int | None = None,
) -> Approved:
    """Approve, and make the applicant a vendor in the same transaction, with the default rate unless one is given.

    Raises `UnknownApplication`, `AlreadyDecided` naming who and when, `WrongApplicationStatus`, or `Invalid`.
    """
    application = _undecided(session, application_id, Status.APPROVED)
    vendor = vendors.admit(
        session,
        application.user_id,
        application.business_name,
        now=now,
        by=by,
        default_bps=default_bps,
        commission_bps=commission_bps,
    )
    application.vendor_id = vendor.id
    applications.close(application, Status.APPROVED, now, by)
    _introduce(session, application, vendor, now)
    _note(session, by, Action.APPLICATION_APPROVED, application)
    return Approved(application, vendor)


def reject(session: Session, application_id: UUID, reason: str | None, now: datetime, by: By) -> VendorApplication:
    """Decline for a stated reason and announce it; the applicant may apply again. Raises as `approve` does."""
    why = needed(reason)
    application = _undecided(session, application_id, Status.REJECTED)
    application.reason = why
    applications.close(application, Status.REJECTED, now, by)
    at = application.decided_at or now
    event = VendorApplicationRejected(
        application_id=application.id,
        user_id=application.user_id,
        business_name=application.business_name,
        reason=why,
        rejected_at=at,
    )
    outbox.add(session, event, aggregate_version=application.version, occurred_at=at)
    _note(session, by, Action.APPLICATION_REJECTED, application)
    return application


def _undecided(session: Session, application_id: UUID, to: Status) -> VendorApplication:
    """The application, locked: whoever comes second finds it decided."""
    application = session.get(VendorApplication, application_id, with_for_update={"key_share": True})
    if application is None:
        raise UnknownApplication
    if application.status != Status.PENDING:
        raise _too_late(session, application, to)
    return application


def _too_late(session: Session, application: VendorApplication, to: Status) -> WrongApplicationStatus:
    facts = {"from": application.status, "to": str(to)}
    if application.status == Status.WITHDRAWN or application.decided_at is None:
        return WrongApplicationStatus(f"It is {application.status} and cannot become {to}.", facts=facts)
    at = f"{application.decided_at:%Y-%m-%dT%H:%M:%SZ}"
    decided_by = application.decided_by
    who = names(session, decided_by).get(decided_by) if decided_by else None
    said = f"{who or decided_by or 'An operator'} {application.status} it at {at}."
    decision = {"decided_by": str(decided_by) if decided_by else None, "decided_by_name": who, "decided_at": at}
    return AlreadyDecided(said, facts={**facts, **decision})


def _introduce(session: Session, application: VendorApplication, vendor: Vendor, now: datetime) -> None:
    """Let a new vendor's profile begin with what they applied with; one that is there stays as it is."""
    if session.get(VendorProfile, vendor.id):
        return
    profile = VendorProfile(
        vendor_id=vendor.id,
        email=applications.e_mail(session, application),
        phone=application.phone,
        website=application.website,
        description=application.description,
        address=application.address,
        updated_at=now,
    )
    session.add(profile)


def _note(session: Session, by: By, action: Action, application: VendorApplication) -> None:
    note(
        session,
        by,
        action,
        application.id,
        user_id=application.user_id,
        vendor_id=application.vendor_id,
        before={"status": Status.PENDING},
        after={"status": application.status, "business_name": application.business_name},
        reason=application.reason,
    )
