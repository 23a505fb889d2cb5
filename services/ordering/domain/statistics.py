"""Figures for vendors and admins: what was sold, how much of it is whose, over time.

Only what is neither cancelled nor rejected counts. Revenue is the sum of the items' subtotals; a part's subtotal is
that sum of its own items, which the database sees to.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.ordering.domain.statements import Period

A_MONTH = timedelta(days=30)

_SERIES = text("""
    SELECT GROUPING(date_trunc(:by, created_at AT TIME ZONE 'UTC')) AS whole,
           date_trunc(:by, created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS at, currency,
           CAST(sum(subtotal) AS bigint) AS revenue, CAST(sum(commission) AS bigint) AS commission,
           CAST(sum(earnings) AS bigint) AS earnings, count(*) AS orders
    FROM vendor_order
    WHERE status NOT IN ('cancelled', 'rejected') AND created_at >= :begins AND created_at < :ends
      AND (CAST(:vendor_id AS uuid) IS NULL OR vendor_id = :vendor_id)
    GROUP BY GROUPING SETS ((date_trunc(:by, created_at AT TIME ZONE 'UTC'), currency), (currency))
    ORDER BY whole DESC, at, currency
""")
_OF_VENDOR = text("""
    SELECT (SELECT count(*) FROM vendor_order WHERE vendor_id = :vendor_id AND status = 'pending') AS pending,
           (SELECT count(*) FROM product WHERE vendor_id = :vendor_id AND status <> 'deleted') AS products,
           (SELECT count(*) FROM vendor_customer WHERE vendor_id = :vendor_id AND removed_at IS NULL) AS customers,
           (SELECT count(DISTINCT customer_id) FROM vendor_order
            WHERE vendor_id = :vendor_id AND status NOT IN ('cancelled', 'rejected')
              AND created_at >= :begins AND created_at < :ends) AS buyers
""")
_OF_ALL = text("""
    SELECT (SELECT count(*) FROM customer_order WHERE status = 'pending') AS pending,
           (SELECT count(*) FROM product WHERE status <> 'deleted') AS products,
           (SELECT count(*) FROM vendor WHERE status = 'approved') AS vendors,
           count(DISTINCT order_id) AS orders, count(*) AS vendor_orders, count(DISTINCT customer_id) AS customers
    FROM vendor_order
    WHERE status NOT IN ('cancelled', 'rejected') AND created_at >= :begins AND created_at < :ends
""")


class Figures(NamedTuple):
    """Counts by name, what was sold by currency, and the same over time."""

    counts: dict[str, int]
    takings: Sequence[Any]
    series: Sequence[Any]


def of_vendor(session: Session, vendor_id: UUID, period: Period, by: str) -> Figures:
    """How a vendor fares; `by` is `day`, `week` or `month`, in UTC."""
    asked = {"vendor_id": vendor_id, **period._asdict()}
    return _figures(session, _OF_VENDOR, asked, by)


def of_all(session: Session, period: Period, by: str) -> Figures:
    """How the marketplace fares."""
    return _figures(session, _OF_ALL, {"vendor_id": None, **period._asdict()}, by)


def period(begins: datetime | None, ends: datetime | None, now: datetime) -> Period:
    """What was asked for; the thirty days before the end, which is now, unless told otherwise."""
    until = ends or now
    return Period(begins or until - A_MONTH, until)


def _figures(session: Session, counting: Any, asked: dict[str, Any], by: str) -> Figures:
    counts = dict(session.execute(counting, asked).one()._mapping)
    rows = session.execute(_SERIES, {**asked, "by": by}).all()
    takings = [row for row in rows if row.whole]
    counts.setdefault("orders", sum(row.orders for row in takings))
    return Figures(counts, takings, [row for row in rows if not row.whole])
