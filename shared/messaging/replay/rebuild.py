"""Rebuilding a table from the logs: into a new one by its definition, compared by checksum, and swapped in if asked."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.messaging.replay import difference
from shared.messaging.replay.difference import Difference, Row
from shared.messaging.replay.projection import Projection, Projections
from shared.messaging.replay.running import ReplayRefused
from shared.messaging.replay.selection import Selection
from shared.messaging.replay.shadow import Shadow


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild found: the difference from the live table, the first rows of it, and whether it was swapped in."""

    table: str
    rows: int
    difference: Difference
    examples: list[Row]
    swapped: bool


class Rebuild:
    """Makes one table again from its logs and facts. Readers go on reading; writers wait while it is compared."""

    def __init__(self, owner_url: str, table: Projection) -> None:
        if table.definition is None:
            raise ReplayRefused(f"{table.table} has no definition: it is recorded, not derived")
        self._definition, self._table = table.definition, table
        self._shadow = Shadow(owner_url, Selection(), Projections(tables=(table,)), f"rebuild_{table.table}")

    def run(self, *, swap: bool = False, examples: int = 20) -> Rebuilt:
        """Rebuild and compare byte for byte; with `swap` the new rows replace the live ones, in one transaction."""
        with self._shadow.held() as connection:
            self._make(connection)
            difference.lock(connection, [self._table])
            found = difference.measure(connection, self._shadow)
            named = list(difference.rows(connection, self._shadow, examples))
            swapped = swap and not found.empty
            if swapped:
                self._swap(connection)
            connection.execute(text(f"DROP SCHEMA {self._shadow.schema} CASCADE"))
            connection.commit()
        counts = found.counts[self._table.table]
        return Rebuilt(self._table.table, sum(counts.values()) - counts["only_live"], found, named, swapped)

    def _make(self, connection: Connection) -> None:
        new = f"{self._shadow.schema}.{self._table.table}"
        connection.execute(text(f"DROP SCHEMA IF EXISTS {self._shadow.schema} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {self._shadow.schema}"))
        connection.execute(text("SET LOCAL work_mem = '64MB'"))
        connection.execute(text(f"CREATE UNLOGGED TABLE {new} AS {self._definition}"), {"of": None})
        connection.execute(text(f"ANALYZE {new}"))

    def _swap(self, connection: Connection) -> None:
        live = f"public.{self._table.table}"
        connection.execute(text(f"TRUNCATE {live}"))
        connection.execute(text(f"INSERT INTO {live} SELECT * FROM {self._shadow.schema}.{self._table.table}"))  # noqa: S608
