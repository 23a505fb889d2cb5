"""What identity does when vendor says something: the role of a user follows, by version and not by arrival."""

from sqlalchemy.orm import Session

from services.identity.domain.selling import Standing, follow
from shared.events.envelope import Envelope
from shared.events.vendor import VendorApproved, VendorReactivated, VendorSuspended, VendorUpdated
from shared.messaging.handlers import Handlers


def on_vendor_approved(session: Session, envelope: Envelope[VendorApproved]) -> None:
    """Give the user the role of a vendor; their next access token carries it."""
    follow(session, _standing(envelope, "approved"))


def on_vendor_suspended(session: Session, envelope: Envelope[VendorSuspended]) -> None:
    """Leave the user the role of a vendor: they can sign in and read, the vendor service refuses the rest."""
    follow(session, _standing(envelope, "suspended"))


def on_vendor_reactivated(session: Session, envelope: Envelope[VendorReactivated]) -> None:
    """Give the user the role of a vendor, if they had lost it."""
    follow(session, _standing(envelope, "approved"))


def on_vendor_updated(session: Session, envelope: Envelope[VendorUpdated]) -> None:
    """Take the role from the user of a deleted vendor, and give it back when the vendor is restored."""
    follow(session, _standing(envelope, envelope.event.status))


HANDLERS: Handlers = {
    VendorApproved: on_vendor_approved,
    VendorSuspended: on_vendor_suspended,
    VendorReactivated: on_vendor_reactivated,
    VendorUpdated: on_vendor_updated,
}

OfVendor = VendorApproved | VendorSuspended | VendorReactivated | VendorUpdated


def _standing(envelope: Envelope[OfVendor], status: str) -> Standing:
    event = envelope.event
    return Standing(event.vendor_id, event.user_id, status, envelope.aggregate_version)
