"""The inbox: every event this service was told, once, with what became of it.

An event is recorded in the transaction that applies it, so a redelivery finds it there and does nothing. One whose
handler fails waits here (`retry`), later events of its aggregate behind it (`waiting`); after its last attempt it is
`parked` and stays visible. Deduplication lives as long as the log does: rows are not deleted.
"""

import hashlib
import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.messaging.arrays import array, texts

_RECORD = text("""
    INSERT INTO inbox (event_id, type, source, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope,
                       status, handled_at, next_attempt_at)
    SELECT a.event_id, a.type, a.source, a.aggregate_id, a.aggregate_version, a.occurred_at, a.correlation_id,
           a.envelope, CASE WHEN open.behind THEN 'waiting' WHEN :later THEN 'retry' ELSE 'handled' END,
           CASE WHEN NOT open.behind AND NOT :later THEN clock_timestamp() END,
           CASE WHEN NOT open.behind AND :later THEN clock_timestamp() END
    FROM unnest(CAST(:event_ids AS uuid[]), CAST(:types AS text[]), CAST(:sources AS text[]),
                CAST(:aggregate_ids AS uuid[]), CAST(:versions AS bigint[]), CAST(:times AS timestamptz[]),
                CAST(:correlations AS text[]), CAST(:envelopes AS json[])) WITH ORDINALITY
         AS a(event_id, type, source, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope, place),
         LATERAL (SELECT EXISTS (SELECT FROM inbox b WHERE b.aggregate_id = a.aggregate_id
                                 AND b.status IN ('retry', 'waiting', 'parked')) AS behind) AS open
    ORDER BY a.place
    ON CONFLICT (event_id) DO NOTHING
    RETURNING CAST(event_id AS text), status
""")

_DEFER = text("""
    UPDATE inbox SET status = 'retry', handled_at = NULL, attempts = attempts + 1, error = :error,
                     error_signature = :signature, next_attempt_at = clock_timestamp() + :wait * interval '1 second'
    WHERE event_id = :event_id
""")

_PARK = text("""
    UPDATE inbox SET status = 'parked', handled_at = NULL, next_attempt_at = NULL, error = :error,
                     error_signature = :signature
    WHERE event_id = :event_id
""")

_HANDLED = text("""
    UPDATE inbox SET status = 'handled', handled_at = clock_timestamp(), next_attempt_at = NULL
    WHERE event_id = :event_id AND status = 'retry'
""")

_PROMOTE = text("""
    UPDATE inbox w SET status = 'retry', next_attempt_at = clock_timestamp()
    WHERE w.status = 'waiting'
      AND NOT EXISTS (SELECT FROM inbox b WHERE b.aggregate_id = w.aggregate_id AND b.seq < w.seq
                      AND b.status IN ('retry', 'waiting', 'parked'))
""")

_CLAIM = text("""
    UPDATE inbox SET attempts = inbox.attempts + 1,
                     next_attempt_at = clock_timestamp()
                         + least(:first * power(:factor, inbox.attempts), :most) * interval '1 second'
    FROM (SELECT seq FROM inbox WHERE status = 'retry' AND next_attempt_at <= :due_by
          ORDER BY next_attempt_at, seq LIMIT 1 FOR UPDATE SKIP LOCKED) AS due
    WHERE inbox.seq = due.seq
    RETURNING inbox.event_id, inbox.attempts, inbox.envelope::text AS envelope
""")

_PARK_DEADLY = text("""
    UPDATE inbox SET status = 'parked', next_attempt_at = NULL, error = 'the process ended during the last attempt',
                     error_signature = 'process-ended'
    WHERE status = 'retry' AND attempts >= :attempts AND next_attempt_at <= clock_timestamp()
""")

_NOW = text("SELECT clock_timestamp()")

_REDRIVE = text("""
    UPDATE inbox SET status = 'retry', attempts = 0, next_attempt_at = clock_timestamp()
    WHERE status = 'parked' AND (CAST(:event_id AS uuid) IS NULL OR event_id = :event_id)
""")

_NOTE = text("UPDATE inbox SET error = :error, error_signature = :signature WHERE event_id = :event_id")

_LOCK = text("SELECT status FROM inbox WHERE event_id = :event_id FOR UPDATE")


@dataclass(frozen=True)
class RetryPolicy:
    """How often a failing event is tried and how long it waits between; seconds, growing by `factor` up to `most`."""

    attempts: int = 8
    first: float = 1.0
    factor: float = 3.0
    most: float = 300.0


@dataclass(frozen=True)
class Arrival:
    """A decoded event and the bytes it came as."""

    envelope: Envelope[Event]
    raw: str


@dataclass(frozen=True)
class Claimed:
    """An event whose next attempt was counted and committed before it is made, so that a crash counts too."""

    event_id: UUID
    attempts: int
    raw: str


def record(session: Session, arrivals: Sequence[Arrival], *, later: bool = False) -> list[Arrival]:
    """Write down what is new, and return what of it is to be applied now, in order of arrival.

    Known events are passed over; events behind an unfinished one of their aggregate are kept as `waiting`. With
    `later` nothing is applied now: each gets an attempt of its own, counted before it is made.
    """
    if not arrivals:
        return []
    rows = session.execute(_RECORD, {"later": later, **_columns(arrivals)})
    ready = {event_id for event_id, status in rows if status == "handled"}
    fresh = []
    for arrival in arrivals:
        event_id = str(arrival.envelope.id)
        if event_id in ready:
            ready.remove(event_id)  # the same event twice in one batch is new only once
            fresh.append(arrival)
    return fresh


def defer(session: Session, event_id: UUID, error: BaseException, policy: RetryPolicy) -> None:
    """After a first failure: keep the event for another attempt."""
    session.execute(_DEFER, {"event_id": event_id, "wait": policy.first, **_described(error)})


def survey(session: Session, policy: RetryPolicy) -> datetime:
    """Let through what no longer has to wait, park what ended its process at its last attempt; the moment this was."""
    session.execute(_PROMOTE)
    session.execute(_PARK_DEADLY, {"attempts": policy.attempts})
    now: datetime = session.execute(_NOW).scalar_one()
    return now


def claim_next(session: Session, policy: RetryPolicy, due_by: datetime) -> Claimed | None:
    """Count the next attempt of what has been due longest, if anything was due at that moment."""
    backoff = {"first": policy.first, "factor": policy.factor, "most": policy.most, "due_by": due_by}
    row = session.execute(_CLAIM, backoff).one_or_none()
    return Claimed(row.event_id, row.attempts, row.envelope) if row else None


def redrive(session: Session, event_id: UUID | None = None) -> int:
    """Give parked events, or one, all their attempts again once the cause is mended; return how many."""
    redriven = session.execute(_REDRIVE, {"event_id": event_id})
    return int(redriven.rowcount)  # type: ignore[attr-defined]


def still_open(session: Session, event_id: UUID) -> bool:
    """Lock a claimed event's row; false if somebody else has finished or dismissed it meanwhile."""
    return bool(session.scalar(_LOCK, {"event_id": event_id}) == "retry")


def finish(session: Session, event_id: UUID) -> None:
    """A later attempt succeeded; its error stays for the record."""
    session.execute(_HANDLED, {"event_id": event_id})


def failed_again(session: Session, claimed: Claimed, error: BaseException, policy: RetryPolicy) -> bool:
    """Keep the newest error; after the last attempt park the event, and say whether that happened."""
    parked = claimed.attempts >= policy.attempts
    statement = _PARK if parked else _NOTE
    session.execute(statement, {"event_id": claimed.event_id, **_described(error)})
    return parked


def signature(error: BaseException) -> str:
    """What two occurrences of the same fault share: the type, the place, and the message without ids and numbers."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "?"
    words = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|'[^']*'", "…", str(error).splitlines()[0] if str(error) else "")
    digest = hashlib.sha256(f"{type(error).__name__}|{place}|{words}".encode()).hexdigest()[:12]
    return f"{type(error).__name__}-{digest}"


def _described(error: BaseException) -> dict[str, str]:
    trace = "".join(traceback.format_exception(error, limit=-8)).replace("\x00", "")
    return {"error": trace[-8000:], "signature": signature(error)}


def _columns(arrivals: Sequence[Arrival]) -> dict[str, str]:
    envelopes = [arrival.envelope for arrival in arrivals]
    return {
        "event_ids": array(e.id for e in envelopes),
        "types": array(e.type for e in envelopes),
        "sources": texts(e.source for e in envelopes),
        "aggregate_ids": array(e.aggregate_id for e in envelopes),
        "versions": array(e.aggregate_version for e in envelopes),
        "times": array(e.occurred_at.isoformat() for e in envelopes),
        "correlations": texts(e.correlation_id for e in envelopes),
        "envelopes": texts(arrival.raw for arrival in arrivals),
    }
