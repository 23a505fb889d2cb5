"""Payouts: what vendors are owed is paid in a batch; the key of its claim lets no earning be paid twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.ordering.domain import ledger
from services.ordering.domain.audit import Action, note
from services.ordering.models import Payout, Vendor
from shared.events.ids import new_id
from shared.kit.audit import By
from shared.kit.errors import Refusal
from shared.kit.paging import Page, take
from shared.kit.rowsets import rowset

_OWED = text("""
    SELECT DISTINCT t.vendor_id, t.currency FROM ledger_transaction t
    WHERE t.kind <> 'payout' AND (CAST(:currency AS text) IS NULL OR t.currency = :currency)
      AND (CAST(:vendor_id AS uuid) IS NULL OR t.vendor_id = :vendor_id)
      AND NOT EXISTS (SELECT FROM payout_claim c WHERE c.transaction_id = t.id)
""")
_CLAIM = text("""
    WITH claimed AS (
        INSERT INTO payout_claim (transaction_id, payout_id)
        SELECT t.id, due.payout_id FROM json_to_recordset(CAST(:rows AS json)) AS due(
            vendor_id uuid, currency text, payout_id uuid)
        JOIN ledger_transaction t USING (vendor_id, currency)
        WHERE t.kind <> 'payout' AND NOT EXISTS (SELECT FROM payout_claim c WHERE c.transaction_id = t.id)
        ORDER BY t.id
        ON CONFLICT (transaction_id) DO NOTHING RETURNING transaction_id, payout_id
    )
    SELECT c.payout_id, t.vendor_id, t.currency, CAST(sum(e.amount) AS bigint) AS amount,
           count(DISTINCT t.id) AS claims
    FROM claimed c JOIN ledger_transaction t ON t.id = c.transaction_id
    JOIN ledger_entry e ON e.transaction_id = t.id AND e.account = 'vendor'
    GROUP BY c.payout_id, t.vendor_id, t.currency HAVING sum(e.amount) > 0 ORDER BY t.vendor_id, t.currency
""")


class NothingToPay(Refusal):
    """Nobody is owed anything that has not been paid."""


class Paid(NamedTuple):
    """A batch, with the payouts in it."""

    batch_id: UUID
    payouts: Sequence[Payout]


def pay(session: Session, now: datetime, by: By, *, currency: str | None = None, vendor_id: UUID | None = None) -> Paid:
    """Claim everything that is owed and book it as paid, a payout for each vendor and currency.

    Two batches at once share nothing: the second waits for the first and pays the rest. Raises `NothingToPay`.
    """
    batch = new_id()
    owed = session.execute(_OWED, {"currency": currency, "vendor_id": vendor_id}).all()
    claimed = session.execute(_CLAIM, rowset({**row._mapping, "payout_id": new_id()} for row in owed)).all()
    if not claimed:
        raise NothingToPay
    made = [_payout(batch, row, now, by) for row in claimed]
    session.add_all(made)
    session.flush()
    for one in made:
        ledger.pay(session, one.id, one.vendor_id, one.currency, one.amount, now)
    note(session, by, Action.PAYOUTS_MADE, batch, after={"payouts": len(made), "currency": currency})
    return Paid(batch, made)


def page(session: Session, *, cursor: str | None = None, limit: int = 20) -> Page[Payout]:
    """All payouts, newest first."""
    return take(session, select(Payout), (Payout.at, Payout.id), cursor=cursor, limit=limit)


def names(session: Session, payouts: Sequence[Payout]) -> dict[UUID, str | None]:
    """What the vendors who were paid are called."""
    rows = session.execute(select(Vendor.id, Vendor.name).where(Vendor.id.in_({one.vendor_id for one in payouts})))
    return {row.id: row.name for row in rows}


def _payout(batch: UUID, row: Any, now: datetime, by: By) -> Payout:
    return Payout(
        id=row.payout_id,
        batch_id=batch,
        vendor_id=row.vendor_id,
        currency=row.currency,
        amount=row.amount,
        claims=row.claims,
        at=now,
        by_user=by.actor_id,
    )
