"""Admins decide who may sell: suspend, reactivate, delete, restore, and change the commission. Each is announced."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.vendor.domain import commissions
from services.vendor.domain.audit import Action, note
from services.vendor.domain.commissions import Rate
from services.vendor.domain.presence import Telling, updated
from services.vendor.domain.statuses import APPROVED, DELETED, SUSPENDED, WrongStatus, needed, note_status, step
from services.vendor.domain.vendors import AlreadyVendor, alone_with, find_of_user, held, owner
from services.vendor.models import Customer, Vendor, VendorApplication, VendorStatus
from shared.events.envelope import Envelope
from shared.events.identity import CustomerErased
from shared.events.vendor import VendorReactivated, VendorSuspended
from shared.kit.audit import OPERATOR, SYSTEM, By
from shared.kit.errors import Refusal
from shared.messaging import outbox

OWNER_LEFT = "The owner's account was erased."
"""Why a vendor is suspended whom nobody can answer for any more."""


class OwnerGone(Refusal):
    """The account that this vendor belonged to was erased: nobody is left who could sell."""


class ApplicationWaits(Refusal):
    """The owner has applied again meanwhile: decide that first, approving brings the vendor back too."""


def suspend(session: Session, which: UUID | str, reason: str | None, now: datetime, by: By = OPERATOR) -> Vendor:
    """Stop a vendor from selling, for a stated reason. Raises `UnknownVendor`, `WrongStatus` or `Invalid`."""
    why, vendor = needed(reason), held(session, which)
    step(vendor, frozenset({APPROVED}), SUSPENDED)
    _enact(session, vendor, now, why, _suspended(vendor, why))
    _note(session, by, Action.VENDOR_SUSPENDED, vendor, APPROVED, why)
    return vendor


def reactivate(
    session: Session, which: UUID | str, now: datetime, by: By = OPERATOR, reason: str | None = None
) -> Vendor:
    """Let a suspended vendor sell again. Raises `UnknownVendor`, `WrongStatus`, or `OwnerGone`."""
    alone_with(session, owner(session, which))
    vendor = held(session, which)
    _refuse_without_owner(session, vendor)
    step(vendor, frozenset({SUSPENDED}), APPROVED)
    _enact(session, vendor, now, reason, _reactivated(vendor))
    _note(session, by, Action.VENDOR_REACTIVATED, vendor, SUSPENDED, reason)
    return vendor


def owner_left(session: Session, user_id: UUID, left: datetime, cause: Envelope[CustomerErased]) -> None:
    """Suspend the vendor of somebody who has left, as of then; who may not sell anyway stays as they are.

    Whoever decides about this user's selling at the same moment has to hold `alone_with`, as the caller does.
    """
    selling = select(Vendor).where(Vendor.user_id == user_id, Vendor.status == APPROVED)
    vendor = session.scalar(selling.with_for_update(key_share=True).execution_options(populate_existing=True))
    if vendor is None:
        return
    step(vendor, frozenset({APPROVED}), SUSPENDED)
    _enact(session, vendor, left, OWNER_LEFT, _suspended(vendor, OWNER_LEFT), cause=cause)
    _note(session, SYSTEM, Action.VENDOR_SUSPENDED, vendor, APPROVED, OWNER_LEFT)


def delete(session: Session, which: UUID | str, reason: str | None, now: datetime, by: By = OPERATOR) -> Vendor:
    """Delete a vendor softly: nothing is lost and the name stays theirs. Raises as `suspend` does.

    Who could sell until now is also announced as suspended, so that whoever knows only that word hides them.
    """
    why, vendor = needed(reason), held(session, which)
    before = vendor.status
    step(vendor, frozenset({APPROVED, SUSPENDED}), DELETED)
    first = [_suspended(vendor, why)] if before == APPROVED else []
    _enact(session, vendor, now, why, *first, updated(session, vendor))
    _note(session, by, Action.VENDOR_DELETED, vendor, before, why)
    return vendor


def restore(session: Session, which: UUID | str, now: datetime, by: By = OPERATOR, reason: str | None = None) -> Vendor:
    """Bring a deleted vendor back as it was: nobody leaves a suspension through deletion.

    Raises `UnknownVendor`, `WrongStatus`, `OwnerGone`, or if the user has become another vendor or applied again
    meanwhile `AlreadyVendor` or `ApplicationWaits`: nobody sells and asks to sell at once.
    """
    alone_with(session, owner(session, which))
    vendor = held(session, which)
    _refuse_without_owner(session, vendor)
    last, other = _last_before_deletion(session, vendor), find_of_user(session, vendor.user_id)
    step(vendor, frozenset({DELETED}), last.status if last else APPROVED)
    if other:
        raise AlreadyVendor(f"This user sells as {other.name} now.")
    if _has_applied(session, vendor.user_id):
        raise ApplicationWaits
    first = [_reactivated(vendor)] if vendor.status == APPROVED else []
    why = (last.reason if last else None) if vendor.status == SUSPENDED else reason
    _enact(session, vendor, now, why, *first, updated(session, vendor))
    _note(session, by, Action.VENDOR_RESTORED, vendor, DELETED, reason)
    return vendor


def change_commission(
    session: Session,
    which: UUID | str,
    bps: int,
    now: datetime,
    by: By = OPERATOR,
    *,
    effective_from: datetime | None = None,
    reason: str | None = None,
) -> Vendor:
    """Set the rate that holds from a moment on, now if none is given; announced at once with that moment.

    Raises `UnknownVendor`, `WrongStatus` for a deleted vendor, or `Invalid` as `commissions.record` does.
    """
    vendor = held(session, which)
    if vendor.status == DELETED:
        raise WrongStatus(f"{vendor.name} is deleted: restore it first.", facts={"from": DELETED, "to": DELETED})
    before, after = commissions.in_force(session, vendor, now), Rate(bps, effective_from or now)
    vendor.version += 1
    commissions.record(session, vendor, after, now, by, reason)
    outbox.add(session, updated(session, vendor, after)(now), aggregate_version=vendor.version, occurred_at=now)
    commissions.note_change(session, vendor, before, after, by, reason)
    return vendor


def _refuse_without_owner(session: Session, vendor: Vendor) -> None:
    person = session.get(Customer, vendor.user_id)
    if person and person.erased_at:
        raise OwnerGone


def _enact(
    session: Session,
    vendor: Vendor,
    now: datetime,
    reason: str | None,
    *news: Telling,
    cause: Envelope[CustomerErased] | None = None,
) -> None:
    """Give each event a version of its own; the status's is that of the last."""
    first = vendor.version + 1
    vendor.version += len(news)
    since = note_status(session, vendor, now, reason)
    session.flush()
    for version, tell in enumerate(news, first):
        outbox.add(session, tell(since), aggregate_version=version, occurred_at=since, cause=cause)


def _suspended(vendor: Vendor, reason: str) -> Telling:
    return lambda at: VendorSuspended(vendor_id=vendor.id, user_id=vendor.user_id, reason=reason, suspended_at=at)


def _reactivated(vendor: Vendor) -> Telling:
    return lambda at: VendorReactivated(vendor_id=vendor.id, user_id=vendor.user_id, reactivated_at=at)


def _has_applied(session: Session, user_id: UUID) -> bool:
    is_open = (VendorApplication.user_id == user_id, VendorApplication.status == "pending")
    return session.scalar(select(VendorApplication.id).where(*is_open)) is not None


def _last_before_deletion(session: Session, vendor: Vendor) -> VendorStatus | None:
    rows = select(VendorStatus).where(VendorStatus.vendor_id == vendor.id, VendorStatus.status != DELETED)
    return session.scalar(rows.order_by(VendorStatus.version.desc()).limit(1))


def _note(session: Session, by: By, action: Action, vendor: Vendor, before: str, reason: str | None) -> None:
    note(
        session,
        by,
        action,
        vendor.id,
        user_id=vendor.user_id,
        vendor_id=vendor.id,
        before={"status": before},
        after={"status": vendor.status},
        reason=reason,
    )
