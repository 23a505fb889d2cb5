"""Taking people off customer lists: a vendor does it to one, leaving the marketplace does it to all of theirs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, update
from sqlalchemy.orm import Session

from services.vendor.models import Customer, VendorCustomer, VendorCustomerRemoval
from shared.events.envelope import Envelope
from shared.events.vendor import VendorCustomerUnlinked
from shared.messaging import outbox

Causes = Mapping[UUID, Envelope[Any] | None]


class Removal(StrEnum):
    """Why somebody was taken off a list."""

    BY_VENDOR = "removed_by_vendor"
    ERASED = "customer_erased"


def remove(session: Session, vendor_id: UUID, customer_id: UUID, at: datetime) -> bool:
    """Take a customer off a vendor's list and announce it; False if they are not on it."""
    pair = and_(VendorCustomer.vendor_id == vendor_id, VendorCustomer.customer_id == customer_id)
    rows = _take_off(session, pair, func.greatest(at, VendorCustomer.linked_at))
    _record(session, rows, Removal.BY_VENDOR, {})
    return bool(rows)


def remove_erased(session: Session, causes: Causes) -> None:
    """Take people who have left off every list, as of their leaving; `causes` tells, by customer, what brought this on.

    The row is kept: past orders and counts refer to it, and it names nobody. It is marked removed because a list is of
    people who can be sold to. In which order leaving and registering arrive makes no difference.
    """
    left = and_(
        VendorCustomer.customer_id.in_(list(causes)),
        Customer.id == VendorCustomer.customer_id,
        Customer.erased_at.is_not(None),
    )
    rows = _take_off(session, left, func.greatest(Customer.erased_at, VendorCustomer.linked_at))
    _record(session, rows, Removal.ERASED, causes)


def _take_off(session: Session, whom: ColumnElement[bool], at: ColumnElement[datetime]) -> Sequence[VendorCustomer]:
    """Never earlier than the link it ends, whatever two clocks say."""
    taken = (
        update(VendorCustomer)
        .where(whom, VendorCustomer.removed_at.is_(None))
        .values(removed_at=at, version=VendorCustomer.version + 1)
        .returning(VendorCustomer)
    )
    options = {"synchronize_session": False, "populate_existing": True}
    return session.scalars(taken, execution_options=options).all()


def _record(session: Session, rows: Sequence[VendorCustomer], reason: Removal, causes: Causes) -> None:
    if rows:
        session.execute(insert(VendorCustomerRemoval), [_fact(row, reason) for row in rows])
        outbox.add_many(session, [_unlinked(row, reason, causes.get(row.customer_id)) for row in rows])


def _fact(row: VendorCustomer, reason: Removal) -> dict[str, object]:
    return {"vendor_id": row.vendor_id, "customer_id": row.customer_id, "removed_at": row.removed_at, "reason": reason}


def _unlinked(row: VendorCustomer, reason: Removal, cause: Envelope[Any] | None) -> outbox.NewEvent:
    at = row.removed_at or row.linked_at
    event = VendorCustomerUnlinked(
        vendor_customer_id=row.id,
        vendor_id=row.vendor_id,
        customer_id=row.customer_id,
        reason=str(reason),
        unlinked_at=at,
    )
    return outbox.NewEvent(event=event, aggregate_version=row.version, occurred_at=at, cause=cause)
