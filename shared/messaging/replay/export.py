"""A slice of events with what their handlers need, as a file that a test loads in another database.

The file is JSON lines: a header, the rows that the handlers read (`row`), the envelopes as they travel, and the rows
that the handlers had made of them (`made`), so that a test can ask for the same.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from shared.messaging.replay.projection import Projection, Projections
from shared.messaging.replay.redaction import Redactor
from shared.messaging.replay.selection import CHOSEN, Selection

FORMAT = 1
_UTC = {"options": "-c TimeZone=UTC"}
Line = dict[str, Any]

_SLICE = f"""
    CREATE TEMPORARY TABLE slice ON COMMIT DROP AS
    SELECT seq, event_id, type, aggregate_id, status, envelope FROM public.inbox WHERE {CHOSEN}
"""  # noqa: S608 - made of this room's own words
_STATUSES = "SELECT status, count(*) FROM slice GROUP BY status ORDER BY status"
_WHOLE = """
    SELECT aggregate_id FROM slice WHERE NOT EXISTS (
        {outside}) GROUP BY aggregate_id HAVING bool_and(status = 'handled') ORDER BY aggregate_id
"""
_OUTSIDE = "SELECT FROM public.{table} WHERE {of} = slice.aggregate_id AND NOT ({judged})"
_MADE = "SELECT to_jsonb(t) FROM public.{table} t WHERE {of} = ANY(CAST(:whole AS uuid[])) ORDER BY {key}"


class NothingChosen(Exception):
    """No event is like that."""


@dataclass(frozen=True)
class Export:
    """One slice of one service's inbox. What was parked, or still waits, is in it too: that is where faults are."""

    owner_url: str
    service: str
    version: str
    code: str
    projections: Projections
    selection: Selection
    redactor: Redactor | None

    def lines(self) -> Iterator[Line]:
        """The file, line by line, all of it as of one moment; raises `NothingChosen` before the first."""
        engine = create_engine(self.owner_url, poolclass=NullPool, isolation_level="REPEATABLE READ", connect_args=_UTC)
        with engine.connect() as connection:
            connection.execute(text(_SLICE), self.selection.parameters())
            whole = self._whole(connection)
            yield self._header(connection, whole)
            yield from self._context(connection)
            for envelope in connection.scalars(text("SELECT envelope FROM slice ORDER BY seq")):
                yield self.redactor.envelope(envelope) if self.redactor else envelope
            yield from self._made(connection, whole)

    def _whole(self, connection: Connection) -> list[str]:
        """The aggregates whose rows follow from these events alone: all handled, and nobody asked for anything else."""
        if not self.selection.whole_histories:
            return []
        facts = [table for table in self.projections.tables if table.fact]
        outside = [_OUTSIDE.format(table=table.table, of=table.of, judged=table.judged) for table in facts]
        asked = _WHOLE.format(outside=" UNION ALL ".join(outside) or "SELECT WHERE false")
        return [str(one) for one in connection.scalars(text(asked))]

    def _header(self, connection: Connection, whole: list[str]) -> Line:
        statuses = {row[0]: row[1] for row in connection.execute(text(_STATUSES))}
        if not statuses:
            raise NothingChosen(f"{self.service} was told nothing like that: {self.selection}")
        return {
            "format": FORMAT,
            "service": self.service,
            "version": self.version,
            "code": self.code,
            "selection": str(self.selection),
            "made_of": whole,
            "made_in": {table.table: table.of for table in self.projections.tables} if whole else {},
            "redacted": self.redactor is not None,
            "events": statuses,
        }

    def _context(self, connection: Connection) -> Iterator[Line]:
        for context in self.projections.context:
            read = text(f"SELECT to_jsonb(t) FROM public.{context.table} t WHERE {context.needed} ORDER BY 1")  # noqa: S608
            for row in connection.scalars(read):
                yield {"table": context.table, "row": self._redacted(context.table, row)}

    def _made(self, connection: Connection, whole: list[str]) -> Iterator[Line]:
        for table in self.projections.tables:
            read = text(_MADE.format(table=table.table, of=table.of, key=", ".join(table.key)))
            for row in connection.scalars(read, {"whole": whole}):
                yield {"table": table.table, "made": _compared(table, self._redacted(table.table, row))}

    def _redacted(self, table: str, row: Line) -> Line:
        return self.redactor.row(table, row) if self.redactor else row


def written(line: Line) -> str:
    """A line as it stands in the file."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def _compared(table: Projection, row: Line) -> Line:
    return {column: value for column, value in row.items() if column not in table.volatile}
