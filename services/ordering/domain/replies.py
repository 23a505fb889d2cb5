"""What orders do upon catalog's replies: many at once, each judged by where its order is."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.ordering.domain import announcements, confirming, ending
from services.ordering.domain.confirming import Confirmation
from services.ordering.domain.sagas import SENTENCES, Move, Reply, decide
from shared.events.catalog import StockRejected, StockReleased, StockReserved
from shared.events.envelope import Envelope
from shared.events.ids import derived_id
from shared.kit.rowsets import array, rowset
from shared.messaging import failpoints
from shared.sql import steady

_STANDING = """
    SELECT o.id, o.status, s.deadline FROM customer_order o JOIN order_saga s ON s.order_id = o.id
    WHERE o.id = ANY(CAST(:ids AS uuid[])) ORDER BY o.id FOR UPDATE OF o
"""
_KNOWN = text("SELECT id FROM saga_step WHERE id = ANY(CAST(:ids AS uuid[]))")
_NOTE = text("""
    INSERT INTO saga_step (id, order_id, step, at, cause_id, why)
    SELECT id, order_id, step, at, cause_id, why FROM json_to_recordset(CAST(:rows AS json)) AS new(
        id uuid, order_id uuid, step text, at timestamptz, cause_id uuid, why text)
""")

OfStock = StockReserved | StockRejected | StockReleased


class Judged(NamedTuple):
    """A reply, and what it leads to."""

    envelope: Envelope[Any]
    move: Move


def reply(session: Session, envelopes: Sequence[Envelope[Any]], kind: Reply) -> None:
    """Apply replies of one kind. A second one for the same order, a late one and a strange one harm nothing."""
    standing = _standing(session, envelopes)
    now, moves = datetime.now(UTC), defaultdict(list)
    for envelope in envelopes:
        status, deadline = standing.get(envelope.event.order_id, (None, None))
        move = decide(status, kind, now, deadline)
        if move in _ENDS:
            standing[envelope.event.order_id] = (_ENDS[move], None)
        moves[move].append(envelope)
    for move, run in moves.items():
        _ACTS[move](session, run)


def _standing(session: Session, envelopes: Sequence[Envelope[Any]]) -> dict[Any, tuple[str, datetime | None]]:
    rows = steady.run(session, _STANDING, {"ids": array(sorted({envelope.event.order_id for envelope in envelopes}))})
    return {row.id: (row.status, row.deadline) for row in rows}


def _confirm(session: Session, envelopes: Sequence[Envelope[StockReserved]]) -> None:
    causes = {envelope.id: envelope for envelope in envelopes}
    why = SENTENCES[Move.CONFIRM]
    wanted = (Confirmation(one.event.order_id, one.event.reserved_at, one.id, why) for one in envelopes)
    parts = confirming.write(session, wanted)
    failpoints.passing(failpoints.ORDER_SPLIT)
    announcements.confirmed(session, parts, causes)


def _reject(session: Session, envelopes: Sequence[Envelope[StockRejected]]) -> None:
    for envelope in envelopes:
        ending.reject(session, envelope)


def _expire(session: Session, envelopes: Sequence[Envelope[Any]]) -> None:
    for envelope in envelopes:
        ending.expire(session, envelope.event.order_id, envelope.occurred_at, SENTENCES[Move.EXPIRE], cause=envelope)


def _give_back(session: Session, envelopes: Sequence[Envelope[StockReserved]]) -> None:
    """Unless a replay shows a reply that was answered long ago."""
    fresh = _note(session, envelopes, Move.GIVE_BACK)
    for envelope in fresh:
        ending.give_all_back(session, envelope.event.order_id, "ended", envelope.occurred_at, cause=envelope)


def _note(session: Session, envelopes: Sequence[Envelope[Any]], move: Move = Move.NOTE) -> list[Envelope[Any]]:
    ids = {derived_id(envelope.id, "saga_step"): envelope for envelope in envelopes}
    known = set(session.scalars(_KNOWN, {"ids": [str(each) for each in ids]}))
    fresh = {key: envelope for key, envelope in ids.items() if key not in known}
    if fresh:
        session.execute(_NOTE, rowset(_step(key, one, move) for key, one in fresh.items()))
    return list(fresh.values())


def _step(key: Any, envelope: Envelope[Any], move: Move) -> dict[str, Any]:
    return {
        "id": key,
        "order_id": envelope.event.order_id,
        "step": str(move) if move is Move.GIVE_BACK else envelope.type,
        "at": envelope.occurred_at,
        "cause_id": envelope.id,
        "why": SENTENCES[move],
    }


_ENDS: Mapping[Move, str] = {Move.CONFIRM: "confirmed", Move.REJECT: "rejected", Move.EXPIRE: "cancelled"}
_ACTS: Mapping[Move, Callable[[Session, Sequence[Envelope[Any]]], object]] = {
    Move.CONFIRM: _confirm,
    Move.REJECT: _reject,
    Move.EXPIRE: _expire,
    Move.GIVE_BACK: _give_back,
    Move.NOTE: _note,
}
