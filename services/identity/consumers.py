"""What identity does when others say something."""

from sqlalchemy.orm import Session

from services.identity.domain import users
from shared.events.envelope import Envelope
from shared.events.vendor import VendorApproved
from shared.messaging.handlers import Handlers


def on_vendor_approved(session: Session, envelope: Envelope[VendorApproved]) -> None:
    """Give the user the role of a vendor; their next access token carries it."""
    users.make_vendor(session, envelope.event.user_id)


HANDLERS: Handlers = {
    VendorApproved: on_vendor_approved,
}
