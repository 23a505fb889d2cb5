"""An invitation as the invited person meets it: looked at, and accepted with an account they have."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from services.vendor.domain import evidence, replica, sentences
from services.vendor.domain.claims import Claim
from services.vendor.domain.invites import Invite, Outcome, Source, decide
from services.vendor.domain.replica import AccountErased
from services.vendor.domain.sentences import Story
from services.vendor.domain.settling import settle
from services.vendor.models import Vendor
from shared.events.ids import new_id
from shared.kit.errors import Refusal

LONGEST_TOKEN = 256


class OwnInvitation(Refusal):
    """This is your own invitation; nobody is on their own customer list."""


class Answer(NamedTuple):
    """What comes of an invitation, whose it is if anybody's, and the sentence for the person."""

    outcome: Outcome
    vendor: Vendor | None
    sentence: str


def preview(session: Session, token: str, now: datetime) -> Answer:
    """Say what would become of a token now: `linked` if it would do, else the reason. Nothing is recorded."""
    invite = evidence.invites(session, [token]).get(token)
    if invite is None:
        outcome, vendor = Outcome.UNKNOWN_TOKEN, None
    else:
        history = evidence.histories(session, [invite.vendor_id]).get(invite.vendor_id, ())
        uses = evidence.uses(session, [invite.id]).get(invite.id, 0) if invite.max_uses else 0
        outcome, vendor = decide(invite, now, history=history, uses=uses), session.get(Vendor, invite.vendor_id)
    return Answer(outcome, vendor, sentences.to_a_visitor(_story(outcome, now, invite, vendor)))


def accept(session: Session, token: str, customer_id: UUID, now: datetime) -> Answer:
    """Use an invitation with an existing account: the rule and the record of a registration, judged now.

    Every answer is recorded and announced, refusals too, so nothing is raised for a bad token. Raises `OwnInvitation`
    for the vendor themselves and `AccountErased` for somebody who has left; these record nothing.
    """
    token = token[:LONGEST_TOKEN]
    person = replica.hold(session, customer_id)
    if person and person.erased_at:
        raise AccountErased
    invite = evidence.invites(session, [token]).get(token)
    vendor = session.get(Vendor, invite.vendor_id) if invite else None
    if vendor and vendor.user_id == customer_id:
        raise OwnInvitation
    (decision,) = settle(session, [Claim(new_id(), customer_id, token, now, Source.ACCEPTANCE)])
    return Answer(decision.outcome, vendor, sentences.to_the_customer(_story(decision.outcome, now, invite, vendor)))


def _story(outcome: Outcome, at: datetime, invite: Invite | None, vendor: Vendor | None) -> Story:
    return Story(
        outcome=outcome,
        at=at,
        source=Source.ACCEPTANCE,
        vendor=vendor.name if vendor else None,
        expired=invite.expires_at if invite else None,
        revoked=invite.revoked_at if invite else None,
    )
