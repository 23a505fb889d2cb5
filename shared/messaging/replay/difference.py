"""What differs between a shadow and the live tables, row by row, with a digest to hold an apply to."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from shared.messaging.replay.projection import Projection
from shared.messaging.replay.shadow import Shadow, in_scope

KINDS = ("insert", "change", "only_live")


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
    """Count what differs and digest it; the same difference of the same selection has the same digest."""
    counts, digest = {}, hashlib.sha256(shadow.selection.name.encode())
    for table in shadow.tables:
        joined, parameters = _joined(connection, shadow, table)
        summary = connection.execute(text(f"{_SUMMARY.format(joined=joined)}"), parameters).one()
        counts[table.table] = {kind: getattr(summary, kind) for kind in (*KINDS, "same")}
        digest.update(f"{table.table}:{summary.digest}\n".encode())
    return Difference(counts, digest.hexdigest()[:16])


def rows(connection: Connection, shadow: Shadow, limit: int) -> Iterator[Row]:
    """The rows that differ, up to `limit` of each table, in the order of their keys."""
    for table in shadow.tables:
        joined, parameters = _joined(connection, shadow, table)
        shown = text(f"{_ROWS.format(joined=joined)}")
        for row in connection.execute(shown, {**parameters, "limit": limit}):
            yield Row(table.table, row.kind, row.replayed, row.live)


def apply(connection: Connection, shadow: Shadow) -> None:
    """Write what a replay would insert and change. Rows that are only live are left: no event says to remove them."""
    connection.execute(text("SET LOCAL search_path = public"))
    for table in shadow.tables:
        columns, key = _columns(connection, table), ", ".join(table.key)
        kept = [column for column in columns if column not in table.key and column not in table.volatile]
        updates = ", ".join(f"{column} = excluded.{column}" for column in kept)
        compared = ", ".join(f"live.{column}" for column in kept), ", ".join(f"excluded.{column}" for column in kept)
        connection.execute(
            text(
                f"INSERT INTO public.{table.table} AS live SELECT * FROM {shadow.schema}.{table.table} ORDER BY {key} "  # noqa: S608
                f"ON CONFLICT ({key}) DO UPDATE SET {updates} WHERE ({compared[0]}) IS DISTINCT FROM ({compared[1]})"
            )
        )


def lock(connection: Connection, tables: Sequence[Projection]) -> None:
    """Keep the live tables as they are until the end of the transaction; readers are not held up."""
    names = ", ".join(f"public.{table.table}" for table in tables)
    connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


_SUMMARY = """
    WITH pair AS ({joined}), told AS (SELECT kind, key, sha256(convert_to(row_text, 'UTF8')) AS line FROM pair)
    SELECT count(*) FILTER (WHERE kind = 'insert') AS insert, count(*) FILTER (WHERE kind = 'change') AS change,
           count(*) FILTER (WHERE kind = 'only_live') AS only_live, count(*) FILTER (WHERE kind = 'same') AS same,
           encode(sha256(coalesce(string_agg(line, ''::bytea ORDER BY key) FILTER (WHERE kind <> 'same'), '')), 'hex')
               AS digest
    FROM told
"""
_ROWS = """
    WITH pair AS ({joined})
    SELECT kind, replayed_row AS replayed, live_row AS live FROM pair WHERE kind <> 'same' ORDER BY key LIMIT :limit
"""


def _joined(connection: Connection, shadow: Shadow, table: Projection) -> tuple[str, dict[str, object]]:
    compared = [column for column in _columns(connection, table) if column not in table.volatile]
    where, parameters = in_scope(shadow.selection, table)
    picked = ", ".join(compared)
    key = ", ".join(f"coalesce(s.{column}, l.{column})" for column in table.key)
    on = " AND ".join(f"s.{column} = l.{column}" for column in table.key)
    first = table.key[0]
    return (
        f"""SELECT ROW({key})::text AS key, to_jsonb(s) AS replayed_row, to_jsonb(l) AS live_row,
               CASE WHEN l.{first} IS NULL THEN 'insert' WHEN s.{first} IS NULL THEN 'only_live'
                    WHEN s IS DISTINCT FROM l THEN 'change' ELSE 'same' END AS kind,
               concat(ROW(s.*)::text, '→', ROW(l.*)::text) AS row_text
            FROM (SELECT {picked} FROM {shadow.schema}.{table.table}) s
            FULL JOIN (SELECT {picked} FROM public.{table.table} WHERE {where}) l ON {on}""",  # noqa: S608
        parameters,
    )


def _columns(connection: Connection, table: Projection) -> list[str]:
    named = text("""SELECT attname FROM pg_attribute WHERE attrelid = CAST(:t AS regclass)
                    AND attnum > 0 AND NOT attisdropped ORDER BY attnum""")
    return list(connection.scalars(named, {"t": f"public.{table.table}"}))
