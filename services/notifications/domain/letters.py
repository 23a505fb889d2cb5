"""What is to be sent now: each claimed delivery as a letter, or why there is none to write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.notifications.domain import people, preferences, wording
from services.notifications.domain.kinds import TRAITS, Channel, Kind
from services.notifications.domain.languages import language_of
from services.notifications.domain.mails import Letter
from services.notifications.domain.states import State
from services.notifications.domain.wording import Reader
from services.notifications.models import Message, Person

_SENT_LATELY = text("""
    SELECT recipient_id, count(*) AS number FROM delivery
    WHERE recipient_id = ANY(CAST(:people AS uuid[])) AND state = 'sent'
      AND finished_at > clock_timestamp() - interval '1 hour' GROUP BY recipient_id
""")


@dataclass(frozen=True)
class Unwritten:
    """Why there is no letter: a state that ends the delivery, or None to try it again later."""

    state: State | None
    reason: str


@dataclass(frozen=True)
class Unfinished:
    """A letter that lacks a secret, which is asked for when it is sent; `params` say of what."""

    row: Any
    params: Mapping[str, Any]
    names: Mapping[str, str | None]
    reader: Reader
    to: str

    def finished(self, **secret: str) -> Letter:
        """The letter, with what it lacked."""
        kind = Kind(self.row.kind)
        said = wording.word(kind, {**self.params, **secret}, self.names, self.reader)
        return Letter(self.row.id, self.row.recipient_id, kind, self.to, self.reader, said)


Written = Letter | Unfinished | Unwritten

UNKNOWN = Unwritten(None, "nothing is known of its reader yet")
GONE = Unwritten(State.DISMISSED, "its reader has left")
FORGOTTEN = Unwritten(State.DISMISSED, "its message is not kept any more")
UNWANTED = Unwritten(State.REFUSED, "its reader does not wish to have it")
TOO_MANY = Unwritten(None, "its reader has had as many mails in this hour as they may")


def write(session: Session, claimed: Sequence[Any], per_hour: int = 0) -> dict[UUID, Written]:
    """Look up readers, their wishes and the names at once, and word every delivery; `per_hour` 0 is no limit."""
    keys = {row.message_id for row in claimed}
    messages = {each.id: each for each in session.scalars(select(Message).where(Message.id.in_(keys)))}
    readers = people.of(session, {row.recipient_id for row in claimed})
    wishes = preferences.said_by(session, list(readers))
    names = wording.names_in(session, [message.params for message in messages.values()])
    left = _left(session, list(readers), per_hour)
    found: dict[UUID, Written] = {}
    for row in claimed:
        message, reader = messages.get(row.message_id), readers.get(row.recipient_id)
        refused = _refused(row, message, reader, wishes) or _over(row, left)
        found[row.id] = refused or _letter(row, message, reader, names)
    return found


def _refused(
    row: Any, message: Message | None, reader: Person | None, wishes: Mapping[tuple[UUID, str, str], bool]
) -> Unwritten | None:
    if reader is None:
        return UNKNOWN
    if reader.erased_at:
        return GONE
    if message is None:
        return FORGOTTEN
    said = wishes.get((row.recipient_id, row.kind, row.channel))
    return None if preferences.holds(Kind(row.kind), Channel(row.channel), said) else UNWANTED


def _over(row: Any, left: dict[UUID, int] | None) -> Unwritten | None:
    if left is None:
        return None
    left[row.recipient_id] -= 1
    return TOO_MANY if left[row.recipient_id] < 0 else None


def _left(session: Session, readers: Sequence[UUID], per_hour: int) -> dict[UUID, int] | None:
    """How many mails each may still have in this hour; None without a limit."""
    if not per_hour:
        return None
    rows = session.execute(_SENT_LATELY, {"people": [str(one) for one in readers]})
    had = {row.recipient_id: row.number for row in rows}
    return {reader: per_hour - had.get(reader, 0) for reader in readers}


def _letter(row: Any, message: Message | None, reader: Person | None, names: wording.Names) -> Letter | Unfinished:
    if message is None or reader is None:
        raise LookupError(row.id)
    addressed = Reader(language_of(reader.locale), reader.locale, reader.name)
    unfinished = Unfinished(row, message.params, names.of(message.params), addressed, reader.email or "")
    return unfinished if TRAITS[Kind(row.kind)].unfinished else unfinished.finished()
