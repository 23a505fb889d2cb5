"""Events that were set aside: grouped by what they died of, tried again or given up, and who decided that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.runtime.inspection.ledger import Fact

_GROUPS = text("""
    SELECT error_signature AS signature, array_agg(DISTINCT type) AS types, count(*) AS events,
           min(received_at) AS first_at, max(received_at) AS last_at,
           (array_agg(event_id ORDER BY seq))[1] AS example, (array_agg(error ORDER BY seq))[1] AS error,
           (SELECT count(*) FROM inbox w WHERE w.status = 'waiting'
            AND w.aggregate_id = ANY(array_agg(p.aggregate_id))) AS behind
    FROM inbox p WHERE status = 'parked' GROUP BY error_signature ORDER BY count(*) DESC, error_signature
""")
_LETTERS = text("""
    SELECT id, reason, error, exchange, routing_key, received_at, status, length(body) AS bytes
    FROM dead_letter WHERE status = 'parked' ORDER BY id DESC LIMIT :limit
""")
_CHOSEN = """
    SELECT seq, event_id, row_number() OVER (ORDER BY seq) - 1 AS place FROM (
        SELECT seq, event_id FROM inbox
        WHERE status = 'parked' AND (CAST(:signature AS text) IS NULL OR error_signature = :signature)
          AND (CAST(:ids AS uuid[]) IS NULL OR event_id = ANY(CAST(:ids AS uuid[])))
        ORDER BY seq LIMIT :most FOR UPDATE
    ) AS locked
"""
_COUNT = text(f"SELECT event_id FROM ({_CHOSEN}) AS chosen ORDER BY seq")  # noqa: S608 - this module's words
_REDRIVE = text(f"""
    UPDATE inbox SET status = 'retry', attempts = 0,
           next_attempt_at = clock_timestamp() + chosen.place / CAST(:rate AS float) * interval '1 second'
    FROM ({_CHOSEN}) AS chosen WHERE inbox.seq = chosen.seq RETURNING inbox.event_id
""")  # noqa: S608 - this module's words
_DISMISS = text(f"""
    UPDATE inbox SET status = 'dismissed' FROM ({_CHOSEN}) AS chosen
    WHERE inbox.seq = chosen.seq RETURNING inbox.event_id
""")  # noqa: S608 - this module's words
_ACT = text("""
    INSERT INTO event_act (act, actor, reason, subject, affected, event_ids)
    VALUES (:act, :actor, :reason, :subject, :affected, CAST(:event_ids AS uuid[])) RETURNING id
""")
_ACTS = text("""
    SELECT id, act, actor, reason, subject, affected, at FROM event_act
    WHERE (CAST(:before AS bigint) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit
""")


@dataclass(frozen=True, kw_only=True)
class Act:
    """What somebody does to parked events: which ones, how fast, who and why. All of them unless some are chosen."""

    act: str
    actor: str
    reason: str
    signature: str | None = None
    event_ids: Sequence[UUID] = ()
    most: int = 1000
    per_second: float = 50.0

    @property
    def subject(self) -> str:
        """What it is about, in a word, for the record."""
        return self.signature or (", ".join(map(str, self.event_ids[:3])) or "everything parked")


def groups(session: Session) -> list[Fact]:
    """Return the parked events by the signature of their error, the most frequent first."""
    return [dict(row) for row in session.execute(_GROUPS).mappings()]


def letters(session: Session, limit: int) -> list[Fact]:
    """Return the messages that could not be read, newest first."""
    return [dict(row) for row in session.execute(_LETTERS, {"limit": limit}).mappings()]


def preview(session: Session, act: Act) -> list[UUID]:
    """Return the events that an act would meet; nothing changes."""
    return list(session.scalars(_COUNT, _parameters(act)))


def carry_out(session: Session, act: Act) -> list[UUID]:
    """Do it and write down who did; later events of the same aggregates follow on their own.

    Redriven events are due one after another, `per_second` of them, so that a mended fault is not flooded.
    """
    statement = _REDRIVE if act.act == "redrive" else _DISMISS
    met = list(session.scalars(statement, {**_parameters(act), "rate": act.per_second}))
    if met:
        record(session, act, met)
    return met


def record(session: Session, act: Act, event_ids: Sequence[UUID]) -> None:
    """Write an act down, for ever."""
    said: Mapping[str, Any] = {"act": act.act, "actor": act.actor, "reason": act.reason, "subject": act.subject}
    session.execute(_ACT, {**said, "affected": len(event_ids), "event_ids": [str(each) for each in event_ids]})


def acts(session: Session, before: int | None, limit: int) -> list[Fact]:
    """Return what was done, the newest first."""
    return [dict(row) for row in session.execute(_ACTS, {"before": before, "limit": limit}).mappings()]


def _parameters(act: Act) -> dict[str, Any]:
    ids = [str(each) for each in act.event_ids] or None
    return {"signature": act.signature, "ids": ids, "most": act.most}
