"""What to replay: a choice among the events that a consumer was told, and where a shadow of it has to begin."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

_BATCH = text("""
    SELECT seq, envelope::text AS envelope FROM public.inbox
    WHERE seq > :after AND status = 'handled'
      AND (CAST(:types AS text[]) IS NULL OR type = ANY(CAST(:types AS text[])))
      AND (CAST(:aggregates AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:aggregates AS uuid[])))
      AND (CAST(:events AS uuid[]) IS NULL OR event_id = ANY(CAST(:events AS uuid[])))
      AND (CAST(:since AS timestamptz) IS NULL OR occurred_at >= :since)
      AND (CAST(:until AS timestamptz) IS NULL OR occurred_at < :until)
      AND (CAST(:as_of AS timestamptz) IS NULL OR occurred_at <= :as_of)
    ORDER BY seq LIMIT :limit
""")
_COUNT = text(_BATCH.text.replace("seq, envelope::text AS envelope", "count(*)").partition("ORDER BY")[0])


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Filters are joined by "and"; an empty one lets everything through. Times are of the events, `until` exclusive."""

    types: tuple[str, ...] = ()
    aggregates: tuple[UUID, ...] = ()
    events: tuple[UUID, ...] = field(default=())
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

    def count(self, connection: Connection, after: int = 0) -> int:
        """How many events there are to replay after a place in the inbox."""
        return int(connection.scalar(_COUNT, self._parameters(after)) or 0)

    def batches(self, connection: Connection, after: int, size: int) -> Iterator[list[tuple[int, str]]]:
        """The events as (place, envelope), in the order in which they came, `size` at a time."""
        while True:
            rows = connection.execute(_BATCH, {**self._parameters(after), "limit": size}).all()
            connection.rollback()
            if not rows:
                return
            yield [(row.seq, row.envelope) for row in rows]
            after = rows[-1].seq

    def _parameters(self, after: int) -> dict[str, object]:
        return {
            "after": after,
            "types": list(self.types) or None,
            "aggregates": [str(one) for one in self.aggregates] or None,
            "events": [str(one) for one in self.events] or None,
            "since": self.since,
            "until": self.until,
            "as_of": self.as_of,
        }
