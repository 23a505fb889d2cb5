"""The same difference, seen by column: what became what, how often, and one row to look at."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.messaging.replay.difference import different
from shared.messaging.replay.redaction import veiled
from shared.messaging.replay.shadow import Shadow


@dataclass(frozen=True)
class Change:
    """In `rows` rows of a table a column would become `after` instead of `before`; `example` is the key of one.

    Where every row has values of its own, as ids and times do, `before` and `after` are those of the example.
    """

    table: str
    column: str
    before: str | None
    after: str | None
    rows: int
    values: int
    example: str


_CHANGES = """
    WITH changed AS (SELECT pair.key, l.key AS name, l.value AS before, s.value AS after
                FROM {different} pair, jsonb_each_text(live_row) l JOIN jsonb_each_text(replayed_row) s ON s.key = l.key
                WHERE kind = 'change' AND l.value IS DISTINCT FROM s.value),
    counted AS (SELECT name, before, after, count(*) AS rows, min(key) AS example FROM changed GROUP BY 1, 2, 3),
    ranked AS (SELECT *, count(*) OVER (PARTITION BY name) AS kinds, sum(rows) OVER (PARTITION BY name) AS all_rows,
                      row_number() OVER (PARTITION BY name ORDER BY rows DESC, before, after) AS place FROM counted)
    SELECT name, before, after, CASE WHEN kinds > :most THEN all_rows ELSE rows END AS rows,
           CASE WHEN kinds > :most THEN kinds ELSE 1 END AS values, example
    FROM ranked WHERE kinds <= :most OR place = 1 ORDER BY all_rows DESC, name, place
"""


def by_column(connection: Connection, shadow: Shadow, most: int = 10) -> Iterator[Change]:
    """Group the changed rows of each table by column and by what became what; more than `most` kinds are one group."""
    for table in shadow.tables:
        changes = text(_CHANGES.format(different=different(shadow, table)))
        for row in connection.execute(changes, {"most": most}):
            before, after = veiled({row.name: row.before}), veiled({row.name: row.after})
            counts = int(row.rows), int(row.values)
            yield Change(table.table, row.name, before[row.name], after[row.name], *counts, row.example)
