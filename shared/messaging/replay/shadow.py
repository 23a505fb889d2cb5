"""The shadow: a schema with the handlers' tables in it, which a replay's connection finds before the live ones."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from shared.messaging.replay.projection import Projection
from shared.messaging.replay.selection import Selection

_UNIQUE = text("""
    SELECT array_agg(a.attname ORDER BY k.place) FROM pg_index i
    CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = CAST(:table AS regclass) AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
    GROUP BY i.indexrelid
""")


class Busy(Exception):
    """The same replay is running already."""


class Shadow:
    """One selection's shadow. It outlives its process: a killed replay goes on, and an apply finds what was shown."""

    def __init__(self, owner_url: str, selection: Selection, tables: Sequence[Projection]) -> None:
        self.schema = f"replay_{selection.name}"
        self.selection, self.tables = selection, tables
        self.engine: Engine = create_engine(
            owner_url,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={
                "application_name": self.schema,
                "options": f"-c market.replaying=on -c search_path={self.schema},public -c TimeZone=UTC",
            },
        )

    @contextmanager
    def held(self) -> Iterator[Connection]:
        """Be the only one to work on this shadow; raises `Busy` if somebody else does."""
        with self.engine.connect() as connection:
            key = int(self.selection.name, 16)
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
                raise Busy(f"{self.schema} is being worked on by another process")
            connection.commit()
            yield connection

    @property
    def progress(self) -> tuple[int, int, bool] | None:
        """The place reached, the events done, and whether that was all; None if there is no shadow."""
        with self.engine.connect() as connection:
            if not connection.scalar(text("SELECT to_regclass(:t)"), {"t": f"{self.schema}.replay_progress"}):
                return None
            return tuple(connection.execute(text("SELECT place, events, finished FROM replay_progress")).one())  # type: ignore[return-value]

    def create(self) -> None:
        """Make the shadow anew: facts as they are, derived tables empty, or as they are where histories are cut."""
        with self.engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE"))
            connection.execute(text(f"CREATE SCHEMA {self.schema}"))
            connection.execute(text("CREATE TABLE replay_progress (place bigint, events bigint, finished boolean)"))
            connection.execute(text("INSERT INTO replay_progress VALUES (0, 0, false)"))
            connection.execute(text(f"CREATE UNLOGGED TABLE {self.schema}.outbox (LIKE public.outbox INCLUDING ALL)"))
            for table in self.tables:
                self._create_table(connection, table)

    def advance(self, connection: Any, place: int, events: int, *, finished: bool = False) -> None:
        """Note how far the replay is, in the transaction that got it there."""
        advanced = f"UPDATE {self.schema}.replay_progress SET place = :p, events = events + :e, finished = :f"
        connection.execute(text(advanced), {"p": place, "e": events, "f": finished})

    def drop(self) -> None:
        """Forget all of it."""
        with self.engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE"))

    def _create_table(self, connection: Connection, table: Projection) -> None:
        shadow, live = f"{self.schema}.{table.table}", f"public.{table.table}"
        connection.execute(
            text(f"CREATE UNLOGGED TABLE {shadow} (LIKE {live} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        )
        if table.fact or not self.selection.whole_histories:
            copied, parameters = self._known_before(table)
            connection.execute(text(f"INSERT INTO {shadow} SELECT * FROM {live} WHERE {copied}"), parameters)  # noqa: S608
        for columns in connection.scalars(_UNIQUE, {"table": live}):
            connection.execute(text(f"CREATE UNIQUE INDEX ON {shadow} ({', '.join(columns)})"))
        connection.execute(text(f"CREATE INDEX ON {shadow} ({table.of})"))

    def _known_before(self, table: Projection) -> tuple[str, dict[str, object]]:
        where, parameters = in_scope(self.selection, table)
        if self.selection.as_of and table.at:
            return f"{where} AND {table.at} <= :as_of", {**parameters, "as_of": self.selection.as_of}
        return where, parameters


def in_scope(selection: Selection, table: Projection) -> tuple[str, dict[str, object]]:
    """The condition, and its parameters, on rows that this selection can say something about."""
    if not (selection.aggregates and selection.whole_histories):
        return "true", {}
    return f"{table.of} = ANY(CAST(:scope AS uuid[]))", {"scope": [str(one) for one in selection.aggregates]}
