"""The shadow: a schema with the handlers' tables in it, which a replay's connection finds before the live ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from shared.messaging.replay.projection import RESTORED, Projection, Projections
from shared.messaging.replay.selection import Selection, Shard

_UNIQUE = text("""
    SELECT array_agg(a.attname ORDER BY k.place) FROM pg_index i
    CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = CAST(:table AS regclass) AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
    GROUP BY i.indexrelid
""")


_MARKS = """CREATE TABLE replay_mark (
    shard integer PRIMARY KEY, place bigint NOT NULL, events bigint NOT NULL, finished boolean NOT NULL, refusal text
)"""


_OTHERS = text("""
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND relname <> ALL (CAST(:own AS text[])) ORDER BY relname
""")
_READABLE = """
    CREATE VIEW {schema}.{table} AS SELECT * FROM public.{table};
    CREATE TRIGGER refuses_replays INSTEAD OF INSERT OR UPDATE OR DELETE ON {schema}.{table}
    FOR EACH ROW EXECUTE FUNCTION public.refuse_while_replaying()
"""


class Mark(NamedTuple):
    """How far a shard is in the inbox, how many events it has done, whether that was all, and why it stopped if not."""

    place: int
    events: int
    finished: bool
    refusal: str | None


def is_replaying(session: Session) -> bool:
    """Whether a replay runs this: then nothing but the declared tables may be written to."""
    return bool(session.scalar(text("SELECT current_setting('market.replaying', true) = 'on'")))


class Busy(Exception):
    """The same replay is running already."""


class Shadow:
    """One selection's shadow. It outlives its process: a killed replay goes on, and an apply finds what was shown."""

    def __init__(self, owner_url: str, selection: Selection, projections: Projections, schema: str) -> None:
        self.schema, self.selection = schema, selection
        self.projections, self.tables = projections, projections.tables
        self.engine: Engine = create_engine(
            owner_url,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={
                "application_name": self.schema,
                "options": f"-c market.replaying=on -c search_path={self.schema},public -c TimeZone=UTC "
                "-c synchronous_commit=off -c work_mem=64MB -c maintenance_work_mem=64MB -c jit=off",
            },
        )

    @contextmanager
    def held(self) -> Iterator[Connection]:
        """Be the only one to work on this shadow; raises `Busy` if somebody else does."""
        with self.engine.connect() as connection:
            if not connection.scalar(text("SELECT pg_try_advisory_lock(hashtext(:name))"), {"name": self.schema}):
                raise Busy(f"{self.schema} is being worked on by another process")
            connection.commit()
            yield connection

    def marks(self) -> list[Mark]:
        """How far each shard is; empty if there is no shadow."""
        with self.engine.connect() as connection:
            if not connection.scalar(text("SELECT to_regclass(:t)"), {"t": f"{self.schema}.replay_mark"}):
                return []
            rows = connection.execute(text("SELECT place, events, finished, refusal FROM replay_mark ORDER BY shard"))
            return [Mark(*row) for row in rows]

    @property
    def inbox(self) -> str:
        """Where the events to replay are: in the inbox, or in the publishers' logs as they were read."""
        return "public.inbox" if self.selection.source == "inbox" else f"{self.schema}.feed"

    @contextmanager
    def session(self, connection: Connection | None = None) -> Iterator[Session]:
        """Give handlers a session in which they find the shadow's tables; committed at the end of the block.

        On a connection that the caller keeps, or on one of its own: a server takes longer to open one than for a batch.
        """
        info = {RESTORED: True} if self._begins_restored else {}
        with Session(connection or self.engine, info=info) as session, session.begin():
            yield session

    def create(self, shards: int, fill: Callable[[Connection], None] = lambda _: None) -> None:
        """Make the shadow anew: facts as they are, derived tables as these imply, or as is where histories are cut.

        `fill` adds to it in the same transaction: if it fails there is no shadow.
        """
        with self.engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE"))
            connection.execute(text(f"CREATE SCHEMA {self.schema}"))
            connection.execute(text(f"COMMENT ON SCHEMA {self.schema} IS '{datetime.now(UTC).isoformat()}'"))
            fill(connection)
            connection.execute(text(_MARKS))
            start = text("INSERT INTO replay_mark SELECT n, 0, 0, false FROM generate_series(0, :shards - 1) AS n")
            connection.execute(start, {"shards": shards})
            connection.execute(text(f"CREATE UNLOGGED TABLE {self.schema}.outbox (LIKE public.outbox INCLUDING ALL)"))
            for table in self.tables:
                self._create_table(connection, table)
            self._guard_the_others(connection)
            if self._begins_restored:
                self.projections.restore(Session(connection), list(self.selection.aggregates) or None)
            for table in self.tables:
                self._create_indexes(connection, table)

    def unguard(self) -> None:
        """Once no handler runs any more: let no view stand in the way of a migration."""
        with self.engine.begin() as connection:
            views = text("SELECT viewname FROM pg_views WHERE schemaname = :schema")
            for view in connection.scalars(views, {"schema": self.schema}).all():
                connection.execute(text(f"DROP VIEW {self.schema}.{view}"))

    def _guard_the_others(self, connection: Connection) -> None:
        """Handlers read every table that is not declared as theirs, and the database refuses what they write to it."""
        own = ["outbox", *(table.table for table in self.tables)]
        for table in connection.scalars(_OTHERS, {"own": own}).all():
            connection.execute(text(_READABLE.format(schema=self.schema, table=table)))

    def advance(self, session: Session, shard: Shard, place: int, events: int) -> None:
        """Note how far a shard is, in the transaction that got it there."""
        advanced = text("UPDATE replay_mark SET place = :place, events = events + :events WHERE shard = :shard")
        session.execute(advanced, {"place": place, "events": events, "shard": shard.number})

    def finish(self, shard: Shard, refusal: str | None = None) -> None:
        """Note that a shard has come to its end, or why it cannot."""
        with self.engine.begin() as connection:
            ended = text("UPDATE replay_mark SET finished = true, refusal = :why WHERE shard = :shard")
            connection.execute(ended, {"why": refusal, "shard": shard.number})

    def drop(self) -> None:
        """Forget all of it."""
        with self.engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE"))

    @property
    def _begins_restored(self) -> bool:
        return self.selection.whole_histories and not self.selection.rejudged

    def _create_table(self, connection: Connection, table: Projection) -> None:
        shadow, live = f"{self.schema}.{table.table}", f"public.{table.table}"
        connection.execute(
            text(f"CREATE UNLOGGED TABLE {shadow} (LIKE {live} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        )
        if table.fact or not self.selection.whole_histories:
            copied, parameters = self._known_before(table)
            connection.execute(text(f"INSERT INTO {shadow} SELECT * FROM {live} WHERE {copied}"), parameters)  # noqa: S608

    def _create_indexes(self, connection: Connection, table: Projection) -> None:
        """Those that decide, and one for asking about an aggregate: made once the rows that are known are there."""
        shadow = f"{self.schema}.{table.table}"
        keys = [tuple(columns) for columns in connection.scalars(_UNIQUE, {"table": f"public.{table.table}"})]
        for columns in keys:
            connection.execute(text(f"CREATE UNIQUE INDEX ON {shadow} ({', '.join(columns)})"))
        asked = not (table.fact and self._begins_restored)  # else nobody asks for the facts about one
        if asked and not any(columns[0] == table.of for columns in keys):
            connection.execute(text(f"CREATE INDEX ON {shadow} ({table.of})"))
        connection.execute(text(f"ANALYZE {shadow}"))

    def _known_before(self, table: Projection) -> tuple[str, dict[str, object]]:
        scope, parameters = in_scope(self.selection, table)
        kept = f"NOT ({table.judged})" if self.selection.rejudged else "true"
        where = f"CASE WHEN {scope} THEN {kept} ELSE {table.beside} END"
        if self.selection.as_of and table.at:
            where, parameters = f"{where} AND {table.at} <= :as_of", {**parameters, "as_of": self.selection.as_of}
        return where, parameters


def in_scope(selection: Selection, table: Projection) -> tuple[str, dict[str, object]]:
    """The condition, and its parameters, on rows that this selection can say something about."""
    if not (selection.aggregates and selection.whole_histories):
        return "true", {}
    return f"{table.of} = ANY(CAST(:scope AS uuid[]))", {"scope": [str(one) for one in selection.aggregates]}
