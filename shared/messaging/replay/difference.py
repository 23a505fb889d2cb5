"""What differs between a shadow and the live tables, row by row, with a digest to hold an apply to.

Most rows are the same, and are not looked at one by one: both sides are summed up in buckets, and only the rows
of buckets whose sums differ are put beside each other. What differs is kept in the shadow, in `different_` tables.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from shared.messaging.replay.projection import Projection
from shared.messaging.replay.redaction import veiled
from shared.messaging.replay.shadow import Shadow, in_scope

KINDS = ("insert", "change", "only_live")
BUCKETS = 4096


@dataclass(frozen=True)
class Row:
    """One row that differs: as a replay makes it (`replayed`), and as it is (`live`)."""

    table: str
    kind: str
    replayed: dict[str, Any] | None
    live: dict[str, Any] | None

    @property
    def changed(self) -> list[str]:
        """The columns in which the two differ, if both are there."""
        if self.replayed is None or self.live is None:
            return []
        return [column for column, value in self.replayed.items() if self.live.get(column) != value]


@dataclass(frozen=True)
class Difference:
    """Counts by table and kind (`insert`, `change`, `only_live`, `same`), and the digest of all that differs."""

    counts: dict[str, dict[str, int]]
    digest: str

    @property
    def empty(self) -> bool:
        """Whether the live tables are as a replay makes them."""
        return not any(table[kind] for table in self.counts.values() for kind in KINDS)


def measure(connection: Connection, shadow: Shadow) -> Difference:
    """Keep and count what differs and digest it; the same difference of the same selection has the same digest."""
    counts, digest = {}, hashlib.sha256(shadow.selection.name.encode())
    for table in shadow.tables:
        replayed = _keep(connection, shadow, table)
        found = connection.execute(text(_SUMMARY.format(different=different(shadow, table)))).one()
        told = {kind: int(getattr(found, kind)) for kind in KINDS}
        counts[table.table] = {**told, "same": replayed - told["insert"] - told["change"]}
        digest.update(f"{table.table}:{found.digest}\n".encode())
    return Difference(counts, digest.hexdigest()[:16])


def different(shadow: Shadow, table: Projection) -> str:
    """The table (kind, key, replayed_row, live_row) that holds what the last measuring of a table has found."""
    return f"{shadow.schema}.different_{table.table}"


def rows(connection: Connection, shadow: Shadow, limit: int) -> Iterator[Row]:
    """The rows that differ, up to `limit` of each table, in the order of their keys."""
    for table in shadow.tables:
        shown = text(f"SELECT * FROM {different(shadow, table)} ORDER BY key LIMIT :limit")  # noqa: S608
        for row in connection.execute(shown, {"limit": limit}):
            yield Row(table.table, row.kind, veiled(row.replayed_row), veiled(row.live_row))


def apply(connection: Connection, shadow: Shadow) -> None:
    """Write what a replay would insert and change. Rows that are only live are left: no event says to remove them."""
    connection.execute(text("SET LOCAL search_path = public"))
    for table in shadow.tables:
        columns, key = _columns(connection, table), ", ".join(table.key)
        where, parameters = in_scope(shadow.selection, table)
        kept = [column for column in columns if column not in table.key and column not in table.volatile]
        updates = ", ".join(f"{column} = excluded.{column}" for column in kept)
        compared = ", ".join(f"live.{column}" for column in kept), ", ".join(f"excluded.{column}" for column in kept)
        connection.execute(
            text(
                f"INSERT INTO public.{table.table} AS live "  # noqa: S608
                f"SELECT * FROM {shadow.schema}.{table.table} WHERE {where} ORDER BY {key} "
                f"ON CONFLICT ({key}) DO UPDATE SET {updates} WHERE ({compared[0]}) IS DISTINCT FROM ({compared[1]})"
            ),
            parameters,
        )


def lock(connection: Connection, tables: Sequence[Projection]) -> None:
    """Keep the live tables as they are until the end of the transaction; readers are not held up."""
    names = ", ".join(f"public.{table.table}" for table in tables)
    connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


_SIDE = """
    (SELECT {columns}, coalesce(uuid_hash_extended({of}, 0) & {buckets} - 1, 0) AS bucket FROM {table} WHERE {scope})
"""
"""By what a row is about, not by its key: a number of it is had in a tenth of the time. A row that is about another
thing on each side makes two buckets unequal, and is found in these."""
_UNEQUAL = """
    WITH s AS (SELECT bucket, count(*) AS rows, sum(hash_record_extended(ROW({columns}), 0)) AS total
               FROM {shadow} one GROUP BY bucket),
         l AS (SELECT bucket, count(*) AS rows, sum(hash_record_extended(ROW({columns}), 0)) AS total
               FROM {live} one GROUP BY bucket)
    SELECT coalesce(sum(s.rows), 0) AS replayed, coalesce(array_agg(bucket)
               FILTER (WHERE (s.rows, s.total) IS DISTINCT FROM (l.rows, l.total)), '{{}}') AS buckets
    FROM s FULL JOIN l USING (bucket)
"""
_PAIRS = """
    SELECT * FROM (
        SELECT CASE WHEN l.{first} IS NULL THEN 'insert' WHEN s.{first} IS NULL THEN 'only_live'
                    WHEN ROW(s.*)::text <> ROW(l.*)::text THEN 'change' ELSE 'same' END AS kind,
               ROW({either})::text AS key, to_jsonb(s) AS replayed_row, to_jsonb(l) AS live_row,
               concat(ROW(s.*)::text, '→', ROW(l.*)::text) AS row_text
        FROM (SELECT {columns} FROM {shadow} x WHERE bucket = ANY(CAST(:buckets AS bigint[]))) s
        FULL JOIN (SELECT {columns} FROM {live} x WHERE bucket = ANY(CAST(:buckets AS bigint[]))) l ON {on}
    ) pair WHERE kind <> 'same'
"""
_SUMMARY = """
    SELECT count(*) FILTER (WHERE kind = 'insert') AS insert, count(*) FILTER (WHERE kind = 'change') AS change,
           count(*) FILTER (WHERE kind = 'only_live') AS only_live,
           encode(sha256(coalesce(string_agg(sha256(convert_to(row_text, 'UTF8')), ''::bytea ORDER BY key), '')), 'hex')
               AS digest
    FROM {different}
"""


def _keep(connection: Connection, shadow: Shadow, table: Projection) -> int:
    """Put the rows that differ aside, and return how many rows the shadow has."""
    scope, parameters = in_scope(shadow.selection, table)
    compared = [column for column in _columns(connection, table) if column not in table.volatile]
    words = {"columns": ", ".join(compared), "of": table.of, "buckets": BUCKETS, "scope": scope}
    sides = {
        "shadow": _SIDE.format(**words, table=f"{shadow.schema}.{table.table}"),
        "live": _SIDE.format(**words, table=f"public.{table.table}"),
        "columns": words["columns"],
    }
    found = connection.execute(text(_UNEQUAL.format(**sides)), parameters).one()
    pairs = _PAIRS.format(
        **sides,
        first=table.key[0],
        either=", ".join(f"coalesce(s.{column}, l.{column})" for column in table.key),
        on=" AND ".join(f"s.{column} = l.{column}" for column in table.key),
    )
    kept = different(shadow, table)
    connection.execute(text(f"DROP TABLE IF EXISTS {kept}"))
    connection.execute(text(f"CREATE UNLOGGED TABLE {kept} AS {pairs}"), {**parameters, "buckets": found.buckets})
    return int(found.replayed)


def _columns(connection: Connection, table: Projection) -> list[str]:
    named = text("""SELECT attname FROM pg_attribute WHERE attrelid = CAST(:t AS regclass)
                    AND attnum > 0 AND NOT attisdropped ORDER BY attnum""")
    return list(connection.scalars(named, {"t": f"public.{table.table}"}))
