"""The replica of customer lists: who is on whose, and every time that this changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.kit.rowsets import rowset


class News(NamedTuple):
    """What vendor says of a pair at a version of its mapping."""

    vendor_id: UUID
    customer_id: UUID
    version: int
    vendor_customer_id: UUID
    linked: bool
    since: datetime
    event_id: UUID


_ROWS = """json_to_recordset(CAST(:rows AS json)) AS news(vendor_id uuid, customer_id uuid, version bigint,
    vendor_customer_id uuid, linked boolean, since timestamptz, event_id uuid)"""
_LEARN = text(f"""
    WITH news AS (SELECT * FROM {_ROWS}), remembered AS (
        INSERT INTO link_change (vendor_id, customer_id, version, vendor_customer_id, linked, since, event_id)
        SELECT vendor_id, customer_id, version, vendor_customer_id, linked, since, event_id FROM news
        ON CONFLICT DO NOTHING
    )
    INSERT INTO link AS known (vendor_id, customer_id, vendor_customer_id, linked, since, event_id, version)
    SELECT DISTINCT ON (vendor_id, customer_id)
           vendor_id, customer_id, vendor_customer_id, linked, since, event_id, version
    FROM news ORDER BY vendor_id, customer_id, version DESC
    ON CONFLICT (vendor_id, customer_id) DO UPDATE
    SET linked = excluded.linked, since = excluded.since, event_id = excluded.event_id, version = excluded.version,
        vendor_customer_id = excluded.vendor_customer_id
    WHERE known.version < excluded.version
""")  # noqa: S608 - made of this module's own words

_NEWS = """
    SELECT CAST(envelope->'data'->>'vendor_id' AS uuid) AS vendor_id,
           CAST(envelope->'data'->>'customer_id' AS uuid) AS customer_id,
           aggregate_version AS version, aggregate_id AS vendor_customer_id,
           type = 'vendor_customer.linked' AS linked, occurred_at AS since, event_id
    FROM inbox
    WHERE status = 'handled' AND type IN ('vendor_customer.linked', 'vendor_customer.unlinked')
      AND (CAST(:of AS uuid[]) IS NULL OR aggregate_id = ANY(CAST(:of AS uuid[])))
"""
DEFINITION = f"""
    SELECT DISTINCT ON (vendor_id, customer_id)
           vendor_id, customer_id, vendor_customer_id, linked, since, event_id, version
    FROM ({_NEWS}) AS news ORDER BY vendor_id, customer_id, version DESC
"""  # noqa: S608 - made of this module's own words
"""What the replica is: of each pair the newest that vendor said, in the order of the table's columns."""

CHANGE_DEFINITION = _NEWS
"""What the history is: all that vendor ever said, in the order of the table's columns."""


def learn(session: Session, news: Iterable[News]) -> None:
    """Keep what is newer than what is known, and everything for the history; idempotent, in any order.

    One statement in the order of the pairs, so that two batches with the same people never wait in a circle.
    """
    session.execute(_LEARN, rowset(item._asdict() for item in news))
