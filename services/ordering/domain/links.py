"""The replica of vendors' customer lists: the newest word on each pair wins; a removed pair keeps its row."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.kit.rowsets import rowset

_COLUMNS = "vendor_id, customer_id, linked_at, removed_at, event_id, version"
_LEARN = text(f"""
    INSERT INTO vendor_customer AS known ({_COLUMNS})
    SELECT {_COLUMNS} FROM json_to_recordset(CAST(:rows AS json)) AS news(
        vendor_id uuid, customer_id uuid, linked_at timestamptz, removed_at timestamptz, event_id uuid, version bigint)
    ON CONFLICT (vendor_id, customer_id) DO UPDATE
    SET linked_at = excluded.linked_at, removed_at = excluded.removed_at, event_id = excluded.event_id,
        version = excluded.version
    WHERE known.version < excluded.version
""")  # noqa: S608 - made of this module's own words

DEFINITION = """
    SELECT DISTINCT ON (vendor_id, customer_id) vendor_id, customer_id, linked_at, removed_at, event_id, version
    FROM (
        SELECT CAST(envelope->'data'->>'vendor_id' AS uuid) AS vendor_id,
               CAST(envelope->'data'->>'customer_id' AS uuid) AS customer_id,
               CAST(envelope->'data'->>'linked_at' AS timestamptz) AS linked_at,
               CAST(envelope->'data'->>'unlinked_at' AS timestamptz) AS removed_at,
               event_id, aggregate_version AS version
        FROM inbox WHERE status = 'handled' AND type IN ('vendor_customer.linked', 'vendor_customer.unlinked')
          AND (CAST(:of AS uuid[]) IS NULL
               OR CAST(envelope->'data'->>'customer_id' AS uuid) = ANY(CAST(:of AS uuid[])))
    ) AS said
    ORDER BY vendor_id, customer_id, version DESC
"""
"""What the replica is: of each pair the newest that vendor said, in the order of the table's columns."""


class News(NamedTuple):
    """What vendor says of a pair at a version of their mapping."""

    vendor_id: UUID
    customer_id: UUID
    version: int
    event_id: UUID
    linked_at: datetime | None = None
    removed_at: datetime | None = None


def learn(session: Session, news: Iterable[News]) -> None:
    """Keep what is newer than what is known; sorted, so that two batches never wait for each other in a circle."""
    newest = {item[:2]: item for item in sorted(news, key=lambda item: item.version)}
    ordered = sorted(newest.values(), key=lambda item: (item.vendor_id.int, item.customer_id.int))
    session.execute(_LEARN, rowset(item._asdict() for item in ordered))
