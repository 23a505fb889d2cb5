"""The ledger: double entry, only ever added to. A vendor earns when a part is delivered, and a payout pays that.

What is more than zero is owed to an account, what is less is owed by it; each transaction adds up to nothing, which the
database checks. The discount is the marketplace's to bear: the vendor earns on the subtotal before it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.ordering.models import VendorOrder
from shared.events.ids import derived_id
from shared.kit.rowsets import rowset

CUSTOMERS, VENDOR, COMMISSION, DISCOUNTS, BANK = "customers", "vendor", "commission", "discounts", "bank"
Entries = Mapping[tuple[str, str], int]
"""Amounts in minor units by account and what they are for."""

_BOOK = text("""
    WITH booked AS (
        INSERT INTO ledger_transaction (id, kind, vendor_id, currency, vendor_order_id, payout_id, at)
        VALUES (:id, :kind, :vendor_id, :currency, :vendor_order_id, :payout_id, :at) RETURNING id
    )
    INSERT INTO ledger_entry (id, transaction_id, account, what, amount)
    SELECT e.id, booked.id, e.account, e.what, e.amount FROM booked CROSS JOIN json_to_recordset(CAST(:rows AS json))
        AS e(id uuid, account text, what text, amount bigint)
""")
_REVERSE = text("""
    INSERT INTO commission
        (vendor_order_id, kind, vendor_id, currency, subtotal, bps, rate_version, amount, earnings, at)
    SELECT vendor_order_id, 'reversed', vendor_id, currency, -subtotal, bps, rate_version, -amount, -earnings, :at
    FROM commission WHERE vendor_order_id = :part_id AND kind = 'charged'
""")


def earn(session: Session, part: VendorOrder, at: datetime) -> None:
    """Book what a delivered part moves: the customer pays, the vendor earns, the marketplace takes its commission."""
    entries = {
        (CUSTOMERS, "order"): -part.total,
        (VENDOR, "earnings"): part.earnings,
        (VENDOR, "shipping"): part.shipping,
        (COMMISSION, "commission"): part.commission,
        (DISCOUNTS, "discount"): -part.discount,
    }
    about = {"vendor_id": part.vendor_id, "currency": part.currency, "vendor_order_id": part.id, "payout_id": None}
    _book(session, derived_id(part.id, "earning"), "earning", entries, at, about)


def pay(session: Session, payout_id: UUID, vendor_id: UUID, currency: str, amount: int, at: datetime) -> None:
    """Book a payout: what was owed to the vendor has left the bank."""
    entries = {(VENDOR, "payout"): -amount, (BANK, "payout"): amount}
    about = {"vendor_id": vendor_id, "currency": currency, "vendor_order_id": None, "payout_id": payout_id}
    _book(session, derived_id(payout_id, "payout"), "payout", entries, at, about)


def reverse_commission(session: Session, part: VendorOrder, at: datetime) -> None:
    """Take back, as a row of its own, what was charged on a part that is off; it adds up to nothing with the first."""
    session.execute(_REVERSE, {"part_id": part.id, "at": at})


def _book(session: Session, key: UUID, kind: str, entries: Entries, at: datetime, about: Mapping[str, object]) -> None:
    rows = [
        {"id": derived_id(key, f"{account} {what}"), "account": account, "what": what, "amount": amount}
        for (account, what), amount in entries.items()
        if amount
    ]
    session.execute(_BOOK, {"id": key, "kind": kind, "at": at, **about, **rowset(rows)})
