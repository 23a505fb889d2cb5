"""What the service says of decided claims: linked, or refused and why; once, under an id that follows from it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.vendor.domain.claims import Decision
from services.vendor.domain.invites import Invite
from shared.events.ids import derived_id
from shared.events.vendor import VendorCustomerLinked, VendorInviteRefused
from shared.messaging import outbox


def announce(session: Session, decisions: Iterable[Decision]) -> None:
    """Write one event for every decision, in order."""
    outbox.add_many(session, [_news(decision) for decision in decisions])


def _news(decision: Decision) -> outbox.NewEvent:
    claim, invite, place = decision.claim, decision.invite, decision.vendor_customer_id
    event = _linked(decision, invite, place) if invite and place else _refused(decision)
    return outbox.NewEvent(
        event=event,
        aggregate_version=decision.version if place else _moment(claim.at),
        occurred_at=claim.at,
        event_id=derived_id(claim.event_id, event.type),
        cause=claim.cause,
    )


def _linked(decision: Decision, invite: Invite, place: UUID) -> VendorCustomerLinked:
    claim = decision.claim
    return VendorCustomerLinked(
        vendor_customer_id=place,
        vendor_id=invite.vendor_id,
        customer_id=claim.customer_id,
        invite_token_id=invite.id,
        source=str(claim.source),
        cause_id=claim.event_id,
        linked_at=claim.at,
    )


def _refused(decision: Decision) -> VendorInviteRefused:
    claim, invite = decision.claim, decision.invite
    return VendorInviteRefused(
        customer_id=claim.customer_id,
        vendor_id=invite.vendor_id if invite else None,
        invite_token_id=invite.id if invite else None,
        reason=str(decision.outcome),
        source=str(claim.source),
        refused_at=claim.at,
    )


def _moment(at: datetime) -> int:
    """A refusal changes nothing, so nothing counts its versions: the moment in microseconds keeps them in order."""
    return int(at.timestamp()) * 1_000_000 + at.microsecond
