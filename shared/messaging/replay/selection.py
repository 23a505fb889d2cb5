"""What to replay: a choice among the events that a consumer was told, and where a shadow of it has to begin."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

CHOSEN = """
    (CAST(:types AS text[]) IS NULL OR type = ANY(CAST(:types AS text[])))
    AND (CAST(:aggregates AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:aggregates AS uuid[])))
    AND (CAST(:events AS uuid[]) IS NULL OR event_id = ANY(CAST(:events AS uuid[])))
    AND (CAST(:since AS timestamptz) IS NULL OR occurred_at >= :since)
    AND (CAST(:until AS timestamptz) IS NULL OR occurred_at < :until)
    AND (CAST(:as_of AS timestamptz) IS NULL OR occurred_at <= :as_of)
"""
"""The condition on an inbox, or on what is shaped like one, that a selection's `parameters` complete."""

_REPLAYED = f"""
    FROM {{inbox}}
    WHERE seq > :after AND status IN ('handled', 'missing')
      AND (:shards = 1 OR abs(hashtext(aggregate_id::text)::bigint) % :shards = :shard) AND {CHOSEN}
"""
_ALONE = text("SET max_parallel_workers_per_gather = 0")
"""For a thousand rows in the order of an index: to start helpers for each batch was half of a replay's time."""
_SOME = text(f"SELECT count(*) FROM (SELECT FROM public.inbox WHERE {CHOSEN} LIMIT :most) found")  # noqa: S608
_AGGREGATES = text(f"SELECT DISTINCT aggregate_id FROM public.inbox WHERE status = 'handled' AND {CHOSEN}")  # noqa: S608


class Shard(NamedTuple):
    """One of `of` parts of a selection; an aggregate's events are all in the same one, so their order is kept."""

    number: int = 0
    of: int = 1


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Filters are joined by "and"; an empty one lets everything through. Times are of the events, `until` exclusive.

    Only what was handled is replayed: what still waits, or is parked, has yet to have its first effect. From the
    publisher's log what never arrived is replayed too. With `rejudged`, what was recorded of the events is left out of
    the shadow, so that the handlers judge them as if for the first time.
    """

    types: tuple[str, ...] = ()
    aggregates: tuple[UUID, ...] = ()
    events: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    source: Literal["inbox", "publisher"] = "inbox"
    rejudged: bool = False

    @property
    def whole_histories(self) -> bool:
        """Whether, of every aggregate that is in it, all events are: then its rows can be made from nothing."""
        return not (self.types or self.events or self.since or self.until)

    @property
    def name(self) -> str:
        """A short name that two equal selections share."""
        words = json.dumps(asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()[:12]

    def widened(self, connection: Connection) -> "Selection":
        """The whole histories of everything that a chosen event is about; itself, if that is what it is."""
        if self.whole_histories:
            return self
        touched = sorted(connection.scalars(_AGGREGATES, self.parameters()))
        return replace(self, types=(), events=(), since=None, until=None, aggregates=tuple(touched))

    def reaches(self, connection: Connection, most: int) -> bool:
        """Whether there are at least so many events in the inbox, without counting more."""
        return int(connection.scalar(_SOME, {**self.parameters(), "most": most}) or 0) >= most

    def count(self, connection: Connection, inbox: str) -> int:
        """How many events there are to replay."""
        counted = text(f"SELECT count(*) {_REPLAYED.format(inbox=inbox)}")
        return int(connection.scalar(counted, self._of_shard(0, Shard())) or 0)

    def batches(
        self, connection: Connection, inbox: str, after: int, size: int, shard: Shard
    ) -> Iterator[list[tuple[int, str]]]:
        """The events after a place in the inbox, as (place, envelope), in the order in which they came."""
        connection.execute(_ALONE)
        connection.commit()
        batch = text(f"SELECT seq, envelope::text {_REPLAYED.format(inbox=inbox)} ORDER BY seq LIMIT :limit")
        while True:
            rows = connection.execute(batch, {**self._of_shard(after, shard), "limit": size}).all()
            connection.rollback()
            if not rows:
                return
            yield [(row[0], row[1]) for row in rows]
            after = rows[-1][0]

    def parameters(self) -> dict[str, object]:
        """What the condition `CHOSEN` is completed with."""
        return {
            "types": list(self.types) or None,
            "aggregates": [str(one) for one in self.aggregates] or None,
            "events": [str(one) for one in self.events] or None,
            "since": self.since,
            "until": self.until,
            "as_of": self.as_of,
        }

    def __str__(self) -> str:
        """Say it in words, for a person."""
        parts = (
            ", ".join(self.types),
            f"of {_listed(self.aggregates)}" if self.aggregates else "",
            f"with the id {_listed(self.events)}" if self.events else "",
            *(f"{word} {at.isoformat()}" for word, at in self._moments() if at),
            "judged again" if self.rejudged else "",
            "from the publisher's log" if self.source == "publisher" else "",
        )
        return " ".join(part for part in parts if part) or "all that was handled"

    def _moments(self) -> Iterator[tuple[str, datetime | None]]:
        yield from (("since", self.since), ("until", self.until), ("as of", self.as_of))

    def _of_shard(self, after: int, shard: Shard) -> dict[str, object]:
        return {**self.parameters(), "after": after, "shard": shard.number, "shards": shard.of}


def _listed(ids: tuple[UUID, ...]) -> str:
    return ", ".join(map(str, ids)) if len(ids) <= 3 else f"{len(ids):,} ids"
