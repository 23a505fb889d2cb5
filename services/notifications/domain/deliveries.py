"""Deliveries as admins see them: how many are in which state, what is stuck, sending again, and letting go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from services.notifications.domain.audit import Action, note
from services.notifications.domain.states import RESENDABLE, STUCK, State
from services.notifications.models import Delivery, Message, Person
from shared.kit.audit import By
from shared.kit.errors import NotFound, Refusal
from shared.kit.paging import Page, take

_COUNTS = text("""
    SELECT state, count(*) AS count, min(occurred_at) AS oldest FROM delivery GROUP BY state
""")


class UnknownDelivery(NotFound):
    """There is no such delivery."""


class DeliveryState(Refusal):
    """A delivery in this state takes no such step."""

    type = "wrong-delivery-state"
    title = "Not in this state"


class MessageGone(Refusal):
    """What was to be said is not kept any more."""


def page(session: Session, *, cursor: str | None = None, limit: int = 20, **wanted: Any) -> Page[Any]:
    """The newest first, those that have the wanted values of `state`, `kind`, `recipient_id`; else what is stuck."""
    columns = (*Delivery.__table__.columns, Person.name.label("recipient_name"), Person.email.label("recipient_email"))
    rows = select(*columns).outerjoin(Person, Person.id == Delivery.recipient_id)
    for field, value in wanted.items():
        if value is not None:
            rows = rows.where(getattr(Delivery, field) == value)
    if not any(wanted.values()):
        rows = rows.where(Delivery.state.in_(STUCK))
    return take(session, rows, (Delivery.id,), cursor=cursor, limit=limit)


def counts(session: Session) -> dict[str, dict[str, Any]]:
    """How many deliveries are in each state, and since when the oldest."""
    found = {row.state: {"count": row.count, "oldest": row.oldest} for row in session.execute(_COUNTS)}
    return {state: found.get(state, {"count": 0, "oldest": None}) for state in State}


def resend(session: Session, delivery_id: UUID, reason: str | None, now: datetime, by: By) -> Any:
    """Send what is stuck again, from the start; of one in doubt its reader may then have two.

    Raises `UnknownDelivery`, `DeliveryState`, or `MessageGone` when the message is not kept any more.
    """
    delivery = _locked(session, delivery_id)
    if delivery.state not in RESENDABLE:
        raise DeliveryState(f"A delivery that is {delivery.state} is not sent again.", facts={"from": delivery.state})
    if session.scalar(select(func.count()).where(Message.id == delivery.message_id)) == 0:
        raise MessageGone
    before = _facts(delivery)
    delivery.state, delivery.attempts, delivery.next_attempt_at = State.DUE, 0, now
    delivery.claimed_by = delivery.handed_over_at = delivery.finished_at = delivery.last_error = None
    delivery.asked_at = now
    note(session, by, Action.DELIVERY_RESENT, delivery.id, before=before, after=_facts(delivery), reason=reason)
    return shown(session, delivery_id)


def dismiss(session: Session, delivery_id: UUID, reason: str | None, now: datetime, by: By) -> Any:
    """Let go of what is stuck: nobody sends it again. Raises `UnknownDelivery` or `DeliveryState`."""
    delivery = _locked(session, delivery_id)
    if delivery.state not in STUCK:
        raise DeliveryState(f"A delivery that is {delivery.state} is not dismissed.", facts={"from": delivery.state})
    before = _facts(delivery)
    delivery.state, delivery.finished_at = State.DISMISSED, now
    note(session, by, Action.DELIVERY_DISMISSED, delivery.id, before=before, after=_facts(delivery), reason=reason)
    return shown(session, delivery_id)


def shown(session: Session, delivery_id: UUID) -> Any:
    """One delivery as the list shows it."""
    session.flush()
    columns = (*Delivery.__table__.columns, Person.name.label("recipient_name"), Person.email.label("recipient_email"))
    query = select(*columns).outerjoin(Person, Person.id == Delivery.recipient_id).where(Delivery.id == delivery_id)
    return session.execute(query).one()


def stop(session: Session, person: UUID, now: datetime) -> None:
    """Deliver nothing more to somebody who has left; what is in a dispatcher's hands meanwhile, it finds out itself."""
    open_ones = update(Delivery).where(Delivery.recipient_id == person, Delivery.state.in_([State.DUE, *STUCK]))
    session.execute(open_ones.values(state=State.DISMISSED, finished_at=now, last_error="has left"))


def forget_messages(session: Session, person: UUID) -> None:
    """Remove what somebody was told who has left."""
    session.execute(delete(Message).where(Message.recipient_id == person))


def _locked(session: Session, delivery_id: UUID) -> Delivery:
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise UnknownDelivery
    return delivery


def _facts(delivery: Delivery) -> Mapping[str, Any]:
    return {"state": delivery.state, "attempts": delivery.attempts, "last_error": delivery.last_error}
