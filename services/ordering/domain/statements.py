"""A vendor's statement of a period: what they earned, what was paid out, and the balance, which is always a sum."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.ordering.models import LedgerEntry, LedgerTransaction, VendorOrder
from shared.kit.paging import Page, take

COLUMNS = ("at", "kind", "vendor_order_number", "payout_id", "currency", "earnings", "shipping", "commission", "amount")
MOST_ROWS = 100_000

_BALANCES = text("""
    SELECT t.currency,
           coalesce(sum(e.amount) FILTER (WHERE before), 0) AS opening,
           coalesce(sum(e.amount) FILTER (WHERE NOT before AND e.what = 'earnings'), 0) AS earned,
           coalesce(sum(e.amount) FILTER (WHERE NOT before AND e.what = 'shipping'), 0) AS shipping,
           coalesce(-sum(e.amount) FILTER (WHERE NOT before AND e.what = 'payout'), 0) AS paid_out,
           coalesce(sum(e.amount), 0) AS closing
    FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id AND e.account = 'vendor'
    CROSS JOIN LATERAL (SELECT coalesce(t.at < CAST(:begins AS timestamptz), false) AS before) AS b
    WHERE t.vendor_id = :vendor_id AND (CAST(:ends AS timestamptz) IS NULL OR t.at < :ends)
      AND (CAST(:currency AS text) IS NULL OR t.currency = :currency)
    GROUP BY t.currency ORDER BY t.currency
""")


class Period(NamedTuple):
    """From a moment up to, and without, another; None for no end."""

    begins: datetime | None = None
    ends: datetime | None = None


def balances(session: Session, vendor_id: UUID, period: Period, currency: str | None) -> Sequence[Any]:
    """By currency: what was owed before, what came and went, and what is owed at the end, in minor units."""
    asked = {"vendor_id": vendor_id, "currency": currency, **period._asdict()}
    return session.execute(_BALANCES, asked).all()


def page(
    session: Session,
    vendor_id: UUID,
    period: Period,
    *,
    currency: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Any]:
    """What moved a vendor's balance, newest first, as flat rows."""
    rows = _rows(vendor_id, period, currency)
    return take(session, rows, (LedgerTransaction.at, LedgerTransaction.id), cursor=cursor, limit=limit)


def as_csv(session: Session, vendor_id: UUID, period: Period, currency: str | None) -> str:
    """The statement as CSV (RFC 4180), oldest first; amounts in minor units, times in UTC."""
    rows = _rows(vendor_id, period, currency).order_by(LedgerTransaction.at, LedgerTransaction.id).limit(MOST_ROWS)
    return _written(session.execute(rows))


def _written(rows: Iterable[Any]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        told = {**row._mapping, "at": row.at.isoformat().replace("+00:00", "Z")}
        writer.writerow("" if told[name] is None else told[name] for name in COLUMNS)
    return out.getvalue()


def _rows(vendor_id: UUID, period: Period, currency: str | None) -> Any:
    columns = (LedgerTransaction.id, LedgerTransaction.at, LedgerTransaction.kind, LedgerTransaction.currency)
    about = (LedgerTransaction.vendor_order_id, LedgerTransaction.payout_id)
    sums = [
        _sum("vendor", "earnings").label("earnings"),
        _sum("vendor", "shipping").label("shipping"),
        _sum("commission", "commission").label("commission"),
        _sum("vendor", None).label("amount"),
    ]
    rows = (
        select(*columns, *about, VendorOrder.number.label("vendor_order_number"), *sums)
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .outerjoin(VendorOrder, VendorOrder.id == LedgerTransaction.vendor_order_id)
        .where(LedgerTransaction.vendor_id == vendor_id)
        .group_by(LedgerTransaction.id, VendorOrder.number)
    )
    if period.begins:
        rows = rows.where(LedgerTransaction.at >= period.begins)
    if period.ends:
        rows = rows.where(LedgerTransaction.at < period.ends)
    return rows.where(LedgerTransaction.currency == currency) if currency else rows


def _sum(account: str, what: str | None) -> Any:
    of_it = LedgerEntry.account == account
    return func.coalesce(func.sum(LedgerEntry.amount).filter(of_it & (LedgerEntry.what == what) if what else of_it), 0)
