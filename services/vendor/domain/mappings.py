"""The customer lists: who is put on one, and whose row is made again from the recorded facts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.kit.rowsets import rowset

_LINK = text("""
    INSERT INTO vendor_customer AS listed
        (id, vendor_id, customer_id, invite_token_id, source, event_id, created_at, linked_at, version)
    SELECT id, vendor_id, customer_id, invite_token_id, source, event_id, linked_at, linked_at, 1
    FROM json_to_recordset(CAST(:rows AS json))
         AS new(id uuid, vendor_id uuid, customer_id uuid, invite_token_id uuid, source text, event_id uuid,
                linked_at timestamptz)
    ON CONFLICT (vendor_id, customer_id) DO UPDATE
    SET invite_token_id = excluded.invite_token_id, source = excluded.source, event_id = excluded.event_id,
        linked_at = excluded.linked_at, removed_at = NULL, version = listed.version + 1
    WHERE listed.removed_at < excluded.linked_at
    RETURNING CAST(event_id AS text), CAST(id AS text), version
""")

DEFINITION = """
    WITH link AS (
        SELECT DISTINCT ON (vendor_id, customer_id)
               vendor_id, customer_id, invite_token_id, source, event_id, occurred_at AS linked_at,
               min(occurred_at) OVER pair AS created_at, count(*) OVER pair AS links, vendor_customer_id AS id
        FROM invite_outcome
        WHERE outcome = 'linked' AND (CAST(:of AS uuid[]) IS NULL OR customer_id = ANY(CAST(:of AS uuid[])))
        WINDOW pair AS (PARTITION BY vendor_id, customer_id)
        ORDER BY vendor_id, customer_id, occurred_at DESC, event_id DESC
    ), removal AS (
        SELECT vendor_id, customer_id, max(removed_at) AS last, count(*) AS removals
        FROM vendor_customer_removal
        WHERE CAST(:of AS uuid[]) IS NULL OR customer_id = ANY(CAST(:of AS uuid[]))
        GROUP BY vendor_id, customer_id
    )
    SELECT id, vendor_id, customer_id, invite_token_id, source, event_id, created_at, linked_at,
           CASE WHEN last >= linked_at THEN last END AS removed_at, links + coalesce(removals, 0) AS version
    FROM link LEFT JOIN removal USING (vendor_id, customer_id)
"""
"""What a customer list is: the sum of the recorded outcomes and removals, in the order of the table's columns."""

_RESTORE = text(f"INSERT INTO vendor_customer {DEFINITION} ON CONFLICT DO NOTHING")


_LISTED = text("""
    SELECT m.vendor_id, m.customer_id, m.removed_at FROM vendor_customer m
    JOIN json_to_recordset(CAST(:rows AS json)) AS asked(vendor_id uuid, customer_id uuid)
         USING (vendor_id, customer_id)
""")


class NewPlace(NamedTuple):
    """A place on a list, before it is written."""

    id: UUID
    vendor_id: UUID
    customer_id: UUID
    invite_token_id: UUID
    source: str
    event_id: UUID
    linked_at: datetime


class Place(NamedTuple):
    """A place on a list, as written: the row's id and its version."""

    id: UUID
    version: int


def link(session: Session, wanted: Sequence[NewPlace]) -> dict[UUID, Place]:
    """Put people on lists and return, by event, those that were really put there.

    A pair that is listed is left alone; one that was taken off comes back under its old id if it was linked after
    that moment, never before. The database's unique pair decides. `wanted` must not name a pair twice.
    """
    if not wanted:
        return {}
    ordered = sorted(wanted, key=lambda new: (new.vendor_id.int, new.customer_id.int))
    rows = session.execute(_LINK, rowset(new._asdict() for new in ordered))
    written = {event: (id_, version) for event, id_, version in rows}
    return {new.event_id: _place(new.id, *written[event]) for new in ordered if (event := str(new.event_id)) in written}


def _place(wanted: UUID, written: str, version: int) -> Place:
    """Few have an older row's id; reading them all back as ids would cost more than everything else here."""
    return Place(wanted if version == 1 else UUID(written), version)


def restore(session: Session, customer_ids: Sequence[UUID] | None = None) -> int:
    """Make the rows that are missing from what was recorded: outcomes and removals; return how many that were.

    For some customers, or for all. Existing rows are not touched, nobody is announced again, nobody taken off is back.
    """
    if customer_ids is not None and not customer_ids:
        return 0
    customers = None if customer_ids is None else [str(customer) for customer in customer_ids]
    return int(session.execute(_RESTORE, {"of": customers}).rowcount)  # type: ignore[attr-defined]


def listed(session: Session, pairs: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], datetime | None]:
    """Which of these (vendor, customer) pairs have a row, and when they were taken off if they were."""
    if not pairs:
        return {}
    asked = rowset({"vendor_id": vendor, "customer_id": customer} for vendor, customer in pairs)
    return {(row.vendor_id, row.customer_id): row.removed_at for row in session.execute(_LISTED, asked)}
