"""Vendors: who they are, and how a user comes to be one, under a name that nobody has."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from services.vendor.domain import commissions
from services.vendor.domain.audit import Action, note
from services.vendor.domain.commissions import Rate
from services.vendor.domain.naming import Naming, Taken, base_code, base_slug, family, free_naming
from services.vendor.domain.replica import AccountErased
from services.vendor.domain.statuses import APPROVED, DELETED, note_status, step
from services.vendor.models import Customer, Vendor
from shared.events.ids import new_id
from shared.events.vendor import VendorApproved
from shared.kit.audit import OPERATOR, By
from shared.kit.errors import Invalid, NotFound, Refusal
from shared.messaging import outbox

NAME_LENGTH = 80
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext(:kind), hashtext(:name))")


class NoVendor(NotFound):
    """You do not sell here."""


class UnknownVendor(NotFound):
    """There is no such vendor."""


class AlreadyVendor(Refusal):
    """You are a vendor already."""


def of_user(session: Session, user_id: UUID) -> Vendor:
    """The vendor that a user is. Raises `NoVendor`."""
    vendor = find_of_user(session, user_id)
    if vendor is None:
        raise NoVendor
    return vendor


def find_of_user(session: Session, user_id: UUID) -> Vendor | None:
    """The vendor that a user is, if any; a deleted one is not."""
    return session.scalar(select(Vendor).where(Vendor.user_id == user_id, Vendor.status != DELETED))


def held(session: Session, which: UUID | str) -> Vendor:
    """A vendor by id or slug, locked until the commit. Raises `UnknownVendor`."""
    known = Vendor.slug == which if isinstance(which, str) else Vendor.id == which
    vendor = session.scalar(select(Vendor).where(known).with_for_update(key_share=True))
    if vendor is None:
        raise _unknown(which)
    return vendor


def owner(session: Session, which: UUID | str) -> UUID:
    """Whose vendor it is, which never changes. Raises `UnknownVendor`."""
    known = Vendor.slug == which if isinstance(which, str) else Vendor.id == which
    user_id = session.scalar(select(Vendor.user_id).where(known))
    if user_id is None:
        raise _unknown(which)
    return user_id


def _unknown(which: UUID | str) -> UnknownVendor:
    return UnknownVendor(f"No vendor is called {which}." if isinstance(which, str) else "")


def alone_with(session: Session, user_id: UUID) -> None:
    """Let everybody else who decides about this user's selling wait until the commit."""
    session.execute(_ONE_AT_A_TIME, {"kind": "vendor.user", "name": str(user_id)})


def create(
    session: Session, user_id: UUID, name: str, *, commission_bps: int, now: datetime, by: By = OPERATOR
) -> Vendor:
    """Make a user an approved vendor and announce it; a user who is one already is returned as they are."""
    alone_with(session, user_id)
    known = find_of_user(session, user_id)
    if known:
        return known
    vendor = admit(session, user_id, name, now=now, by=by, default_bps=commission_bps)
    after = {"name": vendor.name, "commission_bps": vendor.commission_bps}
    note(session, by, Action.VENDOR_CREATED, vendor.id, user_id=user_id, vendor_id=vendor.id, after=after)
    return vendor


def admit(
    session: Session,
    user_id: UUID,
    name: str,
    *,
    now: datetime,
    by: By,
    default_bps: int,
    commission_bps: int | None = None,
) -> Vendor:
    """Make a user a vendor, or restore their deleted vendor of that business name with its id; announced either way.

    A new name gets a number if somebody has it; namings that could meet wait for each other, so that the numbers have
    no gaps. A restored vendor keeps its rate unless one is given. Raises `AlreadyVendor`, `AccountErased`, or `Invalid`
    for the name.
    """
    alone_with(session, user_id)
    refuse_erased(session, user_id)
    if find_of_user(session, user_id):
        raise AlreadyVendor
    wanted = clean_name(name)
    vendor = _deleted(session, user_id, wanted)
    if vendor:
        step(vendor, frozenset({DELETED}), APPROVED)
        vendor.version += 1
        rate = commission_bps
    else:
        vendor = _row(user_id, wanted, _naming(session, wanted), now)
        session.add(vendor)
        rate = default_bps if commission_bps is None else commission_bps
    session.flush()
    since = note_status(session, vendor, now, reason=None)
    if rate is not None:
        commissions.record(session, vendor, Rate(rate, now), now, by)
    _announce_approval(session, vendor, since)
    return vendor


def refuse_erased(session: Session, user_id: UUID) -> None:
    """Raise `AccountErased` for somebody who has left; in `alone_with`, it stays so until the commit."""
    if session.scalar(select(Customer.erased_at).where(Customer.id == user_id)):
        raise AccountErased


def clean_name(name: str) -> str:
    """A name without spaces that say nothing. Raises `Invalid` for one that is empty or too long."""
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= NAME_LENGTH:
        raise Invalid(fields={"name": f"Must have 1 to {NAME_LENGTH} characters."})
    return clean


def _deleted(session: Session, user_id: UUID, name: str) -> Vendor | None:
    """The user's deleted vendor of this name, the last deleted one if there are several."""
    named = or_(func.lower(Vendor.wanted_name) == name.lower(), func.lower(Vendor.name) == name.lower())
    gone = select(Vendor).where(Vendor.user_id == user_id, Vendor.status == DELETED, named)
    return session.scalar(gone.order_by(Vendor.id.desc()).limit(1).with_for_update(key_share=True))


def _naming(session: Session, wanted: str) -> Naming:
    session.execute(_ONE_AT_A_TIME, {"kind": "vendor.naming", "name": family(wanted)})
    return free_naming(wanted, _taken(session, wanted))


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


def _row(user_id: UUID, wanted: str, naming: Naming, now: datetime) -> Vendor:
    return Vendor(
        id=new_id(),
        user_id=user_id,
        wanted_name=wanted,
        **naming._asdict(),
        status=APPROVED,
        commission_bps=0,
        version=1,
        created_at=now,
    )


def _announce_approval(session: Session, vendor: Vendor, since: datetime) -> None:
    event = VendorApproved(
        vendor_id=vendor.id,
        user_id=vendor.user_id,
        name=vendor.name,
        slug=vendor.slug,
        code=vendor.code,
        commission_bps=vendor.commission_bps,
        approved_at=since,
    )
    outbox.add(session, event, aggregate_version=vendor.version, occurred_at=since)
