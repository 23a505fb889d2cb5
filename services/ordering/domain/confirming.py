"""The split as it is written: every part and item of every order of a batch in one data-modifying statement.

The database compares the sums when the statement ends, and takes nothing of it if one of them is wrong.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from shared.events.ids import derived_id
from shared.kit.rowsets import rowset
from shared.sql import steady

SPLIT = """
    WITH reply AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r(
            order_id uuid, cause_id uuid, step_id uuid, at timestamptz, why text)
    ), confirmed AS (
        UPDATE customer_order o SET status = 'confirmed', decided_at = reply.at, version = o.version + 1
        FROM reply WHERE o.id = reply.order_id AND o.status = 'pending'
        RETURNING o.id, o.number, o.customer_id, o.currency, o.total, o.plan, o.version, reply.at, reply.cause_id
    ), ended AS (
        UPDATE order_saga s SET state = 'confirmed', since = c.at, deadline = NULL FROM confirmed c
        WHERE s.order_id = c.id
    ), noted AS (
        INSERT INTO saga_step (id, order_id, step, at, cause_id, why)
        SELECT step_id, order_id, 'confirmed', at, cause_id, why FROM reply WHERE order_id IN (SELECT id FROM confirmed)
    ), part AS (
        SELECT c.id AS order_id, c.customer_id, c.currency, c.at, p.*, CAST(c.at AT TIME ZONE 'UTC' AS date) AS day,
               row_number() OVER same AS place, count(*) OVER same AS many
        FROM confirmed c CROSS JOIN LATERAL jsonb_to_recordset(c.plan->'parts') AS p(
            id uuid, vendor_id uuid, code text, subtotal bigint, shipping bigint, discount bigint, total bigint,
            commission_bps bigint, rate_version bigint, commission bigint, earnings bigint)
        WINDOW same AS (PARTITION BY p.vendor_id, CAST(c.at AT TIME ZONE 'UTC' AS date))
    ), counted AS (
        INSERT INTO vendor_order_count AS n (vendor_id, day, last)
        SELECT DISTINCT vendor_id, day, many FROM part ORDER BY vendor_id, day
        ON CONFLICT (vendor_id, day) DO UPDATE SET last = n.last + excluded.last
        RETURNING vendor_id, day, last
    ), numbered AS (
        SELECT p.*, n.last - p.many + p.place AS seq FROM part p JOIN counted n USING (vendor_id, day)
    ), written AS (
        INSERT INTO vendor_order (id, number, order_id, vendor_id, customer_id, status, currency, subtotal, shipping,
                                  discount, total, commission_bps, rate_version, commission, earnings, created_at,
                                  changed_at, version)
        SELECT id, 'VND-' || code || to_char(day, '-YYYYMMDD-') || lpad(seq::text, greatest(4, length(seq::text)), '0'),
               order_id, vendor_id, customer_id, 'pending', currency, subtotal, shipping, discount, total,
               commission_bps, rate_version, commission, earnings, at, at, 1
        FROM numbered
        RETURNING id, number, order_id, vendor_id
    ), charged AS (
        INSERT INTO commission (vendor_order_id, kind, vendor_id, currency, subtotal, bps, rate_version, amount,
                                earnings, at)
        SELECT id, 'charged', vendor_id, currency, subtotal, commission_bps, rate_version, commission, earnings, at
        FROM numbered
    ), itemised AS (
        INSERT INTO order_item (id, vendor_order_id, product_id, title, sku, picture, routed_by, quantity, unit_price,
                                subtotal, discount)
        SELECT i.* FROM confirmed c CROSS JOIN LATERAL jsonb_to_recordset(c.plan->'items') AS i(
            id uuid, vendor_order_id uuid, product_id uuid, title text, sku text, picture text, routed_by text,
            quantity bigint, unit_price bigint, subtotal bigint, discount bigint)
    )
    SELECT c.id AS order_id, c.number AS order_number, c.version, c.cause_id, c.total AS order_total, c.at,
           w.id AS part_id, w.number AS part_number, p.*
    FROM confirmed c JOIN written w ON w.order_id = c.id JOIN numbered p ON p.id = w.id
    ORDER BY c.id, p.vendor_id
"""


class Confirmation(NamedTuple):
    """An order that is to stand, as of a moment, because of an event."""

    order_id: UUID
    at: datetime
    cause_id: UUID
    why: str


def write(session: Session, confirmations: Iterable[Confirmation]) -> list[Any]:
    """Let pending orders stand and write their parts; return a row for each part, with what its order has become.

    Numbers are counted per vendor and day of `at` (UTC), without gaps: a batch that fails takes none. What is not
    pending any more is left alone.
    """
    rows = [{**one._asdict(), "step_id": derived_id(one.cause_id, "saga_step")} for one in confirmations]
    return steady.run(session, SPLIT, rowset(rows)) if rows else []
