"""What the service says of a vendor as a whole: who they are, what they may, what they pay and charge."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from services.vendor.domain import commissions
from services.vendor.domain.commissions import Rate
from services.vendor.models import Vendor, VendorProfile
from shared.events.event import Event
from shared.events.vendor import VendorUpdated
from shared.messaging import outbox

Telling = Callable[[datetime], Event]


def updated(session: Session, vendor: Vendor, rate: Rate | None = None) -> Telling:
    """Prepare the word on a vendor as they are when it is said; with `rate` it tells that one, which may be to come."""

    def tell(at: datetime) -> VendorUpdated:
        holds = rate or commissions.in_force(session, vendor, at)
        profile = session.get(VendorProfile, vendor.id)
        return VendorUpdated(
            vendor_id=vendor.id,
            user_id=vendor.user_id,
            name=vendor.name,
            slug=vendor.slug,
            code=vendor.code,
            status=vendor.status,
            commission_bps=holds.bps,
            commission_from=holds.since,
            updated_at=at,
            shipping=dict(profile.shipping or {}) if profile else {},
        )

    return tell


def announce(session: Session, vendor: Vendor, now: datetime) -> None:
    """Say how a vendor is now, under their next version; the vendor is locked until the commit."""
    session.refresh(vendor, with_for_update={"key_share": True})
    vendor.version += 1
    session.flush()
    outbox.add(session, updated(session, vendor)(now), aggregate_version=vendor.version, occurred_at=now)
