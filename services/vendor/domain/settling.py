"""Settling claims: each is decided once, recorded, carried out and announced, in one transaction and any mix."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.vendor.domain import evidence, mappings
from services.vendor.domain.announcements import announce
from services.vendor.domain.claims import Claim, Decision, judge
from services.vendor.domain.invites import Invite, Outcome
from services.vendor.domain.mappings import NewPlace
from shared.events.ids import derived_id
from shared.kit.rowsets import rowset
from shared.messaging.replay.projection import RESTORED

_RECORDED = text("""
    SELECT event_id, outcome FROM invite_outcome
    JOIN json_to_recordset(CAST(:rows AS json)) AS asked(event_id uuid) USING (event_id)
""")

_RECORD = text("""
    INSERT INTO invite_outcome (event_id, customer_id, token, vendor_id, invite_token_id, vendor_customer_id, source,
                                outcome, occurred_at)
    SELECT event_id, customer_id, token, vendor_id, invite_token_id, vendor_customer_id, source, outcome, occurred_at
    FROM json_to_recordset(CAST(:rows AS json))
         AS new(event_id uuid, customer_id uuid, token text, vendor_id uuid, invite_token_id uuid,
                vendor_customer_id uuid, source text, outcome text, occurred_at timestamptz)
""")


def settle(session: Session, claims: Iterable[Claim]) -> list[Decision]:
    """Decide the claims that have no recorded outcome yet and return those decisions, earliest claim first.

    A recorded outcome is a fact: it is never judged or announced again, but the row it stands for is made again if it
    is missing, which is what makes redelivery, replay and rebuild give the same rows. Events come from the outbox.
    """
    by_event = {claim.event_id: claim for claim in claims}
    if not by_event:
        return []
    recorded = _recorded(session, by_event)
    if RESTORED not in session.info:
        linked = [by_event[event].customer_id for event, how in recorded.items() if how == Outcome.LINKED]
        mappings.restore(session, linked)
    fresh = [claim for event, claim in by_event.items() if event not in recorded]
    return _settle(session, fresh) if fresh else []


def _settle(session: Session, claims: Sequence[Claim]) -> list[Decision]:
    decisions = _carry_out(session, judge(claims, evidence.gather(session, claims)))
    session.execute(_RECORD, rowset(_row(decision) for decision in decisions))
    announce(session, decisions)
    return decisions


def _recorded(session: Session, events: Iterable[UUID]) -> dict[UUID, str]:
    rows = session.execute(_RECORDED, rowset({"event_id": event} for event in events))
    return {row[0]: row[1] for row in rows}


def _carry_out(session: Session, decisions: Sequence[Decision]) -> list[Decision]:
    """Put the linked on their lists. Where the database finds them listed, by a simultaneous claim, it is right."""
    linked = [decision for decision in decisions if decision.outcome is Outcome.LINKED]
    wanted = [_place(decision.claim, decision.invite) for decision in linked if decision.invite]
    places = mappings.link(session, wanted)
    return [_as_found(decision, places) for decision in decisions]


def _as_found(decision: Decision, places: dict[UUID, mappings.Place]) -> Decision:
    if decision.outcome is not Outcome.LINKED:
        return decision
    place = places.get(decision.claim.event_id)
    if place is None:
        return decision._replace(outcome=Outcome.ALREADY_LINKED)
    return decision._replace(vendor_customer_id=place.id, version=place.version)


def _place(claim: Claim, invite: Invite) -> NewPlace:
    return NewPlace(
        id=derived_id(claim.event_id, "vendor_customer"),
        vendor_id=invite.vendor_id,
        customer_id=claim.customer_id,
        invite_token_id=invite.id,
        source=str(claim.source),
        event_id=claim.event_id,
        linked_at=claim.at,
    )


def _row(decision: Decision) -> dict[str, Any]:
    claim, invite = decision.claim, decision.invite
    return {
        "event_id": claim.event_id,
        "customer_id": claim.customer_id,
        "token": claim.token,
        "vendor_id": invite.vendor_id if invite else None,
        "invite_token_id": invite.id if invite else None,
        "vendor_customer_id": decision.vendor_customer_id,
        "source": str(claim.source),
        "outcome": str(decision.outcome),
        "occurred_at": claim.at,
    }
