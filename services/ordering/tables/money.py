"""The tables of what is booked: commission, the ledger, payouts, and what admins did. Rows are only ever added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.ordering.tables.metadata import APPEND_ONLY, Base, whole
from shared.kit.audit import Audited

ONLY_ADDED = {"comment": APPEND_ONLY}


class Commission(Base):
    """What the marketplace takes of a part and what the vendor keeps: charged at the split, reversed if it is off."""

    __tablename__ = "commission"
    __table_args__ = ONLY_ADDED

    vendor_order_id: Mapped[UUID] = mapped_column(ForeignKey("vendor_order.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    vendor_id: Mapped[UUID]
    currency: Mapped[str]
    subtotal: Mapped[int] = whole()
    bps: Mapped[int] = whole()
    rate_version: Mapped[int] = whole()
    amount: Mapped[int] = whole()
    earnings: Mapped[int] = whole()
    at: Mapped[datetime]


class LedgerTransaction(Base):
    """Something that moved money between accounts; its entries add up to nothing."""

    __tablename__ = "ledger_transaction"
    __table_args__ = ONLY_ADDED

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    vendor_id: Mapped[UUID]
    currency: Mapped[str]
    vendor_order_id: Mapped[UUID | None] = mapped_column(ForeignKey("vendor_order.id"))
    payout_id: Mapped[UUID | None]
    at: Mapped[datetime]


class LedgerEntry(Base):
    """One side of a transaction: what is more than zero is owed to the account, what is less is owed by it."""

    __tablename__ = "ledger_entry"
    __table_args__ = ONLY_ADDED

    id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transaction.id"))
    account: Mapped[str]
    what: Mapped[str]
    amount: Mapped[int] = whole()


class Payout(Base):
    """What a vendor was paid in one currency in one batch."""

    __tablename__ = "payout"
    __table_args__ = ONLY_ADDED

    id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID]
    vendor_id: Mapped[UUID]
    currency: Mapped[str]
    amount: Mapped[int] = whole()
    claims: Mapped[int] = whole()
    at: Mapped[datetime]
    by_user: Mapped[UUID | None]


class PayoutClaim(Base):
    """That a transaction is paid, and with which payout: its key lets no transaction be paid twice."""

    __tablename__ = "payout_claim"
    __table_args__ = ONLY_ADDED

    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transaction.id"), primary_key=True)
    payout_id: Mapped[UUID]


class AuditEntry(Audited, Base):
    """Who did what, when, from where, what was before and after, and why."""

    __tablename__ = "audit_entry"
    __table_args__ = ONLY_ADDED

    reason: Mapped[str | None]
