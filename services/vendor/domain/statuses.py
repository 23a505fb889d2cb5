"""A vendor's life cycle as data, and the history it leaves.

approved ⇄ suspended        a vendor never activates themselves
approved, suspended → deleted → what it was before, or approved by a new application
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.vendor.models import Vendor, VendorStatus
from shared.kit.errors import Invalid, Refusal

APPROVED, SUSPENDED, DELETED = "approved", "suspended", "deleted"
STATUSES = (APPROVED, SUSPENDED, DELETED)
NEXT: Mapping[str, frozenset[str]] = {
    APPROVED: frozenset({SUSPENDED, DELETED}),
    SUSPENDED: frozenset({APPROVED, DELETED}),
    DELETED: frozenset({APPROVED, SUSPENDED}),
}


class WrongStatus(Refusal):
    """The vendor cannot go from its present status to that one."""


def step(vendor: Vendor, before: frozenset[str], after: str) -> None:
    """Move a vendor along, or refuse with both ends. Raises `WrongStatus`."""
    if vendor.status not in before or after not in NEXT[vendor.status]:
        facts = {"from": vendor.status, "to": after}
        raise WrongStatus(f"{vendor.name} is {vendor.status} and cannot become {after}.", facts=facts)
    vendor.status = after


def note_status(session: Session, vendor: Vendor, now: datetime, reason: str | None) -> datetime:
    """Write the present status down, later than the one before whatever the clocks say; the moment it counts from."""
    last = session.scalar(select(func.max(VendorStatus.since)).where(VendorStatus.vendor_id == vendor.id))
    since = max(now, last + timedelta(microseconds=1)) if last else now
    row = VendorStatus(vendor_id=vendor.id, version=vendor.version, status=vendor.status, since=since, reason=reason)
    session.add(row)
    return since


def needed(reason: str | None) -> str:
    """The reason without spaces around it. Raises `Invalid` if there is none."""
    said = (reason or "").strip()
    if not said:
        raise Invalid("A reason is needed.", fields={"reason": "Say why."})
    return said
