"""Commission rates in basis points: each holds from a moment on, none is forgotten, and none reaches into the past."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from services.vendor.domain.audit import Action, note
from services.vendor.models import Vendor, VendorCommission
from shared.kit.audit import By
from shared.kit.errors import Invalid

WHOLE = 10_000
"""Basis points: 100 %."""


class Rate(NamedTuple):
    """A rate in basis points and the moment it holds from."""

    bps: int
    since: datetime


def in_force(session: Session, vendor: Vendor, at: datetime) -> Rate:
    """The rate for an order placed at a moment."""
    newest = _newest_first(vendor.id, at).limit(1)
    row = session.scalar(newest)
    return Rate(row.commission_bps, row.effective_from) if row else Rate(vendor.commission_bps, vendor.created_at)


def history(session: Session, vendor_id: UUID) -> Sequence[VendorCommission]:
    """Every rate that was ever set, the one that holds latest first."""
    return session.scalars(_newest_first(vendor_id)).all()


def present(at: datetime) -> ColumnElement[int]:
    """The rate in force at a moment, as a column beside a vendor's."""
    rate = _newest_first(None, at).with_only_columns(VendorCommission.commission_bps).limit(1)
    return func.coalesce(rate.correlate(Vendor).scalar_subquery(), Vendor.commission_bps)


def record(session: Session, vendor: Vendor, rate: Rate, now: datetime, by: By, reason: str | None = None) -> None:
    """Keep a rate, at the vendor's present version. Raises `Invalid` for one outside 0–100 % or in the past."""
    if not 0 <= rate.bps <= WHOLE:
        raise Invalid(fields={"commission_bps": "Must be 0 to 10000 basis points."})
    if rate.since < now:
        raise Invalid(fields={"effective_from": "Must not be in the past: what was sold is settled."})
    if rate.since <= now:
        vendor.commission_bps = rate.bps
    row = VendorCommission(
        vendor_id=vendor.id,
        version=vendor.version,
        commission_bps=rate.bps,
        effective_from=rate.since,
        set_at=now,
        set_by=by.actor_id,
        reason=reason,
    )
    session.add(row)
    session.flush()


def note_change(session: Session, vendor: Vendor, before: Rate, after: Rate, by: By, reason: str | None) -> None:
    """Leave the audit row of a change."""
    note(
        session,
        by,
        Action.COMMISSION_CHANGED,
        vendor.id,
        user_id=vendor.user_id,
        vendor_id=vendor.id,
        before={"commission_bps": before.bps, "effective_from": before.since},
        after={"commission_bps": after.bps, "effective_from": after.since},
        reason=reason,
    )


def _newest_first(vendor_id: UUID | None, at: datetime | None = None) -> Select[VendorCommission]:
    whose = VendorCommission.vendor_id == (vendor_id if vendor_id else Vendor.id)
    rows = select(VendorCommission).where(whose)
    if at:
        rows = rows.where(VendorCommission.effective_from <= at)
    return rows.order_by(VendorCommission.effective_from.desc(), VendorCommission.version.desc())
