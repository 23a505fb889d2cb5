"""Giving messages that could not be read another chance, once a release can read them."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.events.envelope import Undecodable, decode
from shared.kit.errors import NotFound, Refusal
from shared.messaging import inbox
from shared.messaging.handlers import Handlers
from shared.messaging.inbox import Arrival
from shared.runtime.inspection.parked import Act, record

_LETTER = text("SELECT body FROM dead_letter WHERE id = :id AND status = 'parked' FOR UPDATE")
_MARK = text("UPDATE dead_letter SET status = :status WHERE id = :id")


class StillUnreadable(Refusal):
    """This release cannot read the message either, or has no handler for it."""


class NoSuchLetter(NotFound):
    """There is no such message, or somebody has dealt with it."""


def settle(session: Session, act: Act, ids: Sequence[int], handlers: Handlers) -> int:
    """Redrive or dismiss messages by id and write it down. Raises `NoSuchLetter` or `StillUnreadable`, all or none."""
    events = []
    for letter in ids:
        body = session.scalar(_LETTER, {"id": letter})
        if body is None:
            raise NoSuchLetter(f"No unread message {letter}.")
        if act.act == "redrive":
            events.append(_redrive(session, bytes(body), handlers))
        status = "redriven" if act.act == "redrive" else "dismissed"
        session.execute(_MARK, {"id": letter, "status": status})
    record(session, act, [arrival.envelope.id for arrival in events])
    return len(ids)


def _redrive(session: Session, body: bytes, handlers: Handlers) -> Arrival:
    try:
        arrival = Arrival(decode(body), body.decode())
    except (Undecodable, UnicodeDecodeError) as wrong:
        raise StillUnreadable(str(wrong)[:200]) from wrong
    if type(arrival.envelope.event) not in handlers:
        raise StillUnreadable(f"There is no handler for {arrival.envelope.type}.")
    inbox.record(session, [arrival], later=True)
    return arrival
