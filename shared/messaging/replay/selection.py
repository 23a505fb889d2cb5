"""What to replay: a choice among the events that a consumer was told, and where a shadow of it has to begin."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

_CHOSEN = """
    FROM public.inbox
    WHERE seq > :after AND status = 'handled'
      AND (:shards = 1 OR abs(hashtext(aggregate_id::text)::bigint) % :shards = :shard)
      AND (CAST(:types AS text[]) IS NULL OR type = ANY(CAST(:types AS text[])))
      AND (CAST(:aggregates AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:aggregates AS uuid[])))
      AND (CAST(:events AS uuid[]) IS NULL OR event_id = ANY(CAST(:events AS uuid[])))
      AND (CAST(:since AS timestamptz) IS NULL OR occurred_at >= :since)
      AND (CAST(:until AS timestamptz) IS NULL OR occurred_at < :until)
      AND (CAST(:as_of AS timestamptz) IS NULL OR occurred_at <= :as_of)
"""
_BATCH = text(f"SELECT seq, envelope::text AS envelope {_CHOSEN} ORDER BY seq LIMIT :limit")
_COUNT = text(f"SELECT count(*) {_CHOSEN}")


class Shard(NamedTuple):
    """One of `of` parts of a selection; an aggregate's events are all in the same one, so their order is kept."""

    number: int = 0
    of: int = 1


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Filters are joined by "and"; an empty one lets everything through. Times are of the events, `until` exclusive.

    Only what was handled is replayed: what still waits, or is parked, has yet to have its first effect.
    """

    types: tuple[str, ...] = ()
    aggregates: tuple[UUID, ...] = ()
    events: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None

    @property
    def whole_histories(self) -> bool:
        """Whether, of every aggregate that is in it, all events are: then its rows can be made from nothing."""
        return not (self.types or self.events or self.since or self.until)

    @property
    def name(self) -> str:
        """A short name that two equal selections share."""
        words = json.dumps(asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()[:12]

    def count(self, connection: Connection) -> int:
        """How many events there are to replay."""
        return int(connection.scalar(_COUNT, self._parameters(0, Shard())) or 0)

    def batches(self, connection: Connection, after: int, size: int, shard: Shard) -> Iterator[list[tuple[int, str]]]:
        """The events after a place in the inbox, as (place, envelope), in the order in which they came."""
        while True:
            rows = connection.execute(_BATCH, {**self._parameters(after, shard), "limit": size}).all()
            connection.rollback()
            if not rows:
                return
            yield [(row.seq, row.envelope) for row in rows]
            after = rows[-1].seq

    def __str__(self) -> str:
        """Say it in words, for a person."""
        parts = (
            ", ".join(self.types),
            f"of {', '.join(map(str, self.aggregates))}" if self.aggregates else "",
            f"with the id {', '.join(map(str, self.events))}" if self.events else "",
            *(f"{word} {at.isoformat()}" for word, at in self._moments() if at),
        )
        return " ".join(part for part in parts if part) or "all that was handled"

    def _moments(self) -> Iterator[tuple[str, datetime | None]]:
        yield from (("since", self.since), ("until", self.until), ("as of", self.as_of))

    def _parameters(self, after: int, shard: Shard) -> dict[str, object]:
        return {
            "after": after,
            "shard": shard.number,
            "shards": shard.of,
            "types": list(self.types) or None,
            "aggregates": [str(one) for one in self.aggregates] or None,
            "events": [str(one) for one in self.events] or None,
            "since": self.since,
            "until": self.until,
            "as_of": self.as_of,
        }
