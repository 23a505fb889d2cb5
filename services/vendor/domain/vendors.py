"""Vendors: who they are, and how they come to be approved, suspended and reactivated."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from services.vendor.domain.naming import Naming, Taken, base_code, base_slug, free_naming
from services.vendor.models import Vendor, VendorStatus
from shared.events.ids import new_id
from shared.events.vendor import VendorApproved, VendorReactivated, VendorSuspended
from shared.kit.errors import Invalid, NotFound, Refusal
from shared.messaging import outbox

APPROVED, SUSPENDED = "approved", "suspended"
NAME_LENGTH = 80
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('vendor.naming'))")


class NoVendor(NotFound):
    """You do not sell here."""


class UnknownVendor(NotFound):
    """There is no such vendor."""


class WrongStatus(Refusal):
    """The vendor cannot go from its present status to that one."""


def of_user(session: Session, user_id: UUID) -> Vendor:
    """The vendor that a user is. Raises `NoVendor`."""
    vendor = session.scalar(select(Vendor).where(Vendor.user_id == user_id))
    if vendor is None:
        raise NoVendor
    return vendor


def create(session: Session, user_id: UUID, name: str, *, commission_bps: int, now: datetime) -> Vendor:
    """Make a user an approved vendor and announce it; a user who is one already is returned as they are.

    The name gets a number if somebody has it; namings wait for each other, so that the numbers have no gaps.
    """
    session.execute(_ONE_AT_A_TIME)
    known = session.scalar(select(Vendor).where(Vendor.user_id == user_id))
    if known:
        return known
    naming = free_naming(_clean(name), _taken(session, _clean(name)))
    vendor = _row(user_id, naming, commission_bps, now)
    session.add(vendor)
    session.flush()
    _note_status(session, vendor, now, reason=None)
    _announce_approval(session, vendor)
    return vendor


def suspend(session: Session, slug: str, reason: str, now: datetime) -> Vendor:
    """Stop a vendor from selling, for a stated reason. Raises `UnknownVendor`, `WrongStatus` or `Invalid`."""
    if not reason.strip():
        raise Invalid("A suspension needs a reason.", fields={"reason": "Say why."})
    vendor = _change(session, slug, APPROVED, SUSPENDED)
    since = _note_status(session, vendor, now, reason.strip())
    event = VendorSuspended(vendor_id=vendor.id, user_id=vendor.user_id, reason=reason.strip(), suspended_at=since)
    outbox.add(session, event, aggregate_version=vendor.version, occurred_at=since)
    return vendor


def reactivate(session: Session, slug: str, now: datetime) -> Vendor:
    """Let a suspended vendor sell again. Raises `UnknownVendor` or `WrongStatus`."""
    vendor = _change(session, slug, SUSPENDED, APPROVED)
    since = _note_status(session, vendor, now, reason=None)
    event = VendorReactivated(vendor_id=vendor.id, user_id=vendor.user_id, reactivated_at=since)
    outbox.add(session, event, aggregate_version=vendor.version, occurred_at=since)
    return vendor


def _clean(name: str) -> str:
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= NAME_LENGTH:
        raise Invalid(fields={"name": f"Must have 1 to {NAME_LENGTH} characters."})
    return clean


def _taken(session: Session, name: str) -> Taken:
    """What is taken among the names that could stand in the way."""
    slug = base_slug(name)
    near = or_(
        func.lower(Vendor.name).startswith(name.lower(), autoescape=True),
        Vendor.slug.startswith(slug, autoescape=True),
        Vendor.code.startswith(base_code(slug), autoescape=True),
    )
    rows = session.execute(select(func.lower(Vendor.name), Vendor.slug, Vendor.code).where(near)).all()
    names, slugs, codes = zip(*rows, strict=True) if rows else ((), (), ())
    return Taken(set(names), set(slugs), set(codes))


def _row(user_id: UUID, naming: Naming, commission_bps: int, now: datetime) -> Vendor:
    return Vendor(
        id=new_id(),
        user_id=user_id,
        **naming._asdict(),
        status=APPROVED,
        commission_bps=commission_bps,
        version=1,
        created_at=now,
    )


def _change(session: Session, slug: str, before: str, after: str) -> Vendor:
    vendor = session.scalar(select(Vendor).where(Vendor.slug == slug).with_for_update(key_share=True))
    if vendor is None:
        raise UnknownVendor(f"No vendor is called {slug}.")
    if vendor.status != before:
        raise WrongStatus(f"{vendor.name} is {vendor.status} and cannot become {after}.")
    vendor.status, vendor.version = after, vendor.version + 1
    return vendor


def _note_status(session: Session, vendor: Vendor, now: datetime, reason: str | None) -> datetime:
    """Write the present status down, later than the one before whatever the clocks say; the moment it counts from."""
    last = session.scalar(select(func.max(VendorStatus.since)).where(VendorStatus.vendor_id == vendor.id))
    since = max(now, last + timedelta(microseconds=1)) if last else now
    row = VendorStatus(vendor_id=vendor.id, version=vendor.version, status=vendor.status, since=since, reason=reason)
    session.add(row)
    return since


def _announce_approval(session: Session, vendor: Vendor) -> None:
    event = VendorApproved(
        vendor_id=vendor.id,
        user_id=vendor.user_id,
        name=vendor.name,
        slug=vendor.slug,
        code=vendor.code,
        commission_bps=vendor.commission_bps,
        approved_at=vendor.created_at,
    )
    outbox.add(session, event, aggregate_version=vendor.version, occurred_at=vendor.created_at)
