"""Who has a delivery in hand, and how far it is: steps of a state machine that only its claimant may take.

A dispatcher that lives holds an advisory lock under its number; the claims of a number that nobody holds are taken up
again at once. Every step asks for the claim, so that one whose claim was taken up meanwhile stops before it sends.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from services.notifications.domain.states import State
from shared.events import trace
from shared.events.notifications import NotificationFailed
from shared.messaging import outbox

_SPACE = "hashtext('notifications dispatcher')"
_ALIVE = f"""
    SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND classid::bigint = {_SPACE}::bigint & 4294967295
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 - made of this module's own words
_HOLD = text(f"SELECT pg_try_advisory_lock({_SPACE}, :number)")
_TAKE = text("""
    UPDATE delivery d SET state = 'claimed', claimed_by = :me, attempts = d.attempts + 1
    FROM (SELECT id FROM delivery WHERE state = 'due' AND next_attempt_at <= clock_timestamp()
          ORDER BY next_attempt_at, id LIMIT :most FOR UPDATE SKIP LOCKED) AS due
    WHERE d.id = due.id
    RETURNING d.*
""")
_RECOVER = text(f"""
    UPDATE delivery SET
        state = CASE state WHEN 'claimed' THEN 'due' ELSE 'in_doubt' END,
        finished_at = CASE state WHEN 'claimed' THEN NULL ELSE clock_timestamp() END,
        last_error = CASE state WHEN 'claimed' THEN last_error
                     ELSE 'the dispatcher ended between handing it over and hearing of it' END
    WHERE state IN ('claimed', 'handed_over') AND claimed_by NOT IN ({_ALIVE})
    RETURNING state
""")  # noqa: S608 - made of this module's own words
_GIVE_BACK = text("""
    UPDATE delivery SET state = 'due', claimed_by = NULL, attempts = attempts - 1
    WHERE claimed_by = :me AND state = 'claimed'
""")
_MARK = text("""
    UPDATE delivery SET state = 'handed_over', handed_over_at = clock_timestamp()
    WHERE id = :id AND claimed_by = :me AND state = 'claimed'
""")
_LATER = text("""
    UPDATE delivery SET state = 'due', claimed_by = NULL, handed_over_at = NULL, last_error = :error,
                        next_attempt_at = clock_timestamp() + :wait * interval '1 second'
    WHERE id = :id AND claimed_by = :me AND state IN ('claimed', 'handed_over')
""")
_END = text("""
    UPDATE delivery SET state = :state, finished_at = clock_timestamp(), last_error = :error,
                        failures = failures + CASE WHEN :state = 'failed' THEN 1 ELSE 0 END
    WHERE id = :id AND claimed_by = :me AND state = ANY(CAST(:before AS text[]))
    RETURNING *
""")
_LAPSE = text("""
    UPDATE delivery SET state = CASE WHEN attempts = 0 THEN 'lapsed' ELSE 'failed' END,
                        finished_at = clock_timestamp(), failures = failures + least(attempts, 1),
                        last_error = coalesce(last_error, 'too old to be news')
    WHERE id IN (SELECT id FROM delivery WHERE state = 'due' AND asked_at < clock_timestamp() - :age
                 ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING *
""")
_WAITING = text("""
    SELECT state, count(*) AS number, extract(epoch FROM clock_timestamp() - min(asked_at)) AS oldest FROM delivery
    WHERE state NOT IN ('sent', 'refused') GROUP BY state
""")
IN_HAND = (State.CLAIMED, State.HANDED_OVER)
MOST_AT_ONCE = 500


def hold_a_number(connection: Connection) -> int:
    """Choose a number and hold its lock for as long as this connection lives."""
    while True:
        number = secrets.randbits(31)
        if connection.scalar(_HOLD, {"number": number}):
            return number


def take(session: Session, me: int, most: int) -> Sequence[Any]:
    """Claim what is due, the longest waiting first; what others claim at the same time is passed over."""
    return sorted(session.execute(_TAKE, {"me": me, "most": most}), key=lambda row: (row.next_attempt_at, row.id))


def recover(session: Session) -> dict[str, int]:
    """Take up what the dead had in hand: due again if it was not handed over, in doubt if it was; how many of each."""
    states = [str(state) for state in session.scalars(_RECOVER)]
    return {state: states.count(state) for state in set(states)}


def give_back(session: Session, me: int) -> None:
    """Let others have what was claimed and not begun; it does not count as an attempt."""
    session.execute(_GIVE_BACK, {"me": me})


def mark(session: Session, me: int, delivery_id: UUID) -> bool:
    """Note that a mail server is about to have all of it; False if it is no longer one's own, and must not be sent."""
    return _changed(session, _MARK, id=delivery_id, me=me)


def sent(session: Session, me: int, delivery_id: UUID) -> bool:
    """Note that the mail server has taken it; also if it was thought to be in doubt meanwhile."""
    before = [*IN_HAND, State.IN_DOUBT]
    return _end(session, me, delivery_id, State.SENT, before, None) is not None


def later(session: Session, me: int, delivery_id: UUID, wait: timedelta, error: str) -> bool:
    """Try it again after a while: the mail server has surely not taken it."""
    return _changed(session, _LATER, id=delivery_id, me=me, wait=wait.total_seconds(), error=error)


def end(session: Session, me: int, delivery_id: UUID, state: State, error: str | None) -> bool:
    """End it in a state that says why nothing was sent, or that it may have been."""
    return _end(session, me, delivery_id, state, IN_HAND, error) is not None


def fail(session: Session, me: int, delivery_id: UUID, reason: str, error: str) -> bool:
    """Give it up and announce it, for the admins to hear."""
    row = _end(session, me, delivery_id, State.FAILED, IN_HAND, error)
    if row is not None:
        _announce(session, row, reason)
    return row is not None


def lapse(session: Session, age: timedelta) -> int:
    """Give up what is older than this: in silence what was never tried, with an announcement what was."""
    rows = session.execute(_LAPSE, {"age": age, "most": MOST_AT_ONCE}).all()
    for row in rows:
        if row.state == State.FAILED:
            _announce(session, row, "time")
    return len(rows)


def waiting(session: Session) -> dict[str, tuple[int, float]]:
    """How many are in each state that is no good end, and how many seconds ago the oldest was asked for."""
    return {row.state: (row.number, float(row.oldest or 0)) for row in session.execute(_WAITING)}


def _changed(session: Session, statement: Any, **values: Any) -> bool:
    return bool(session.execute(statement, values).rowcount)  # type: ignore[attr-defined]


def _end(
    session: Session, me: int, delivery_id: UUID, state: State, before: Sequence[State], error: str | None
) -> Any | None:
    values = {"id": delivery_id, "me": me, "state": str(state), "before": [*map(str, before)], "error": error}
    return session.execute(_END, values).one_or_none()


def _announce(session: Session, row: Any, reason: str) -> None:
    failed = NotificationFailed(
        delivery_id=row.id,
        message_id=row.message_id,
        recipient_id=row.recipient_id,
        kind=row.kind,
        channel=row.channel,
        reason=reason,
        answer=row.last_error or "",
        attempts=row.attempts,
        failed_at=row.finished_at,
    )
    with trace.tracing(row.correlation_id, row.event_id, None):
        outbox.add(session, failed, aggregate_version=row.failures, occurred_at=row.finished_at)
