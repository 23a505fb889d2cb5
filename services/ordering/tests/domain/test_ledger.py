"""The ledger: what is booked balances and stays, whoever writes it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.ordering.domain import fulfilment
from services.ordering.domain.fulfilment import Tracking
from services.ordering.domain.life_cycle import Status
from services.ordering.models import VendorOrder
from services.ordering.tests.market import Market, now
from shared.events.ids import new_id

STEPS = (Status.ACCEPTED, Status.PACKED, Status.SHIPPED, Status.DELIVERED)


@pytest.fixture
def part(market: Market) -> VendorOrder:
    """A part that was delivered."""
    seller = market.seller(shipping={"EUR": 499})
    order = market.confirmed(new_id(), {market.product(seller): 2})
    (made,) = market.parts(order)
    for step in STEPS:
        sent = Tracking("DHL", "1") if step is Status.SHIPPED else None
        fulfilment.advance(market.session, seller.id, made.id, step, now(), seller.by, sent)
    return made


def entries(market: Market, part: VendorOrder) -> dict[tuple[str, str], int]:
    asked = text("""
        SELECT e.account, e.what, e.amount FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id
        WHERE t.vendor_order_id = :id
    """)
    return {(row.account, row.what): row.amount for row in market.session.execute(asked, {"id": part.id})}


def test_a_delivered_part_is_booked_on_both_sides(market: Market, part: VendorOrder) -> None:
    assert entries(market, part) == {
        ("customers", "order"): -4497,
        ("vendor", "earnings"): 3598,
        ("vendor", "shipping"): 499,
        ("commission", "commission"): 400,
    }


@pytest.mark.parametrize(
    "statement",
    [
        """INSERT INTO ledger_entry SELECT gen_random_uuid(), id, 'vendor', 'earnings', 1 FROM ledger_transaction
           WHERE vendor_order_id = :id""",
        "UPDATE ledger_entry SET amount = amount + 1 WHERE :id IS NOT NULL",
        "DELETE FROM ledger_transaction WHERE vendor_order_id = :id",
        """INSERT INTO ledger_transaction SELECT gen_random_uuid(), kind, vendor_id, currency, vendor_order_id, NULL, at
           FROM ledger_transaction WHERE vendor_order_id = :id""",
        "TRUNCATE ledger_entry",
    ],
)
def test_what_is_booked_stays_and_nothing_is_added_that_does_not_balance(
    market: Market, part: VendorOrder, statement: str
) -> None:
    before = entries(market, part)
    with pytest.raises(DBAPIError), market.session.begin_nested():
        market.session.execute(text(statement), {"id": part.id})
    assert entries(market, part) == before


def test_a_part_that_is_off_reverses_its_commission_and_earns_nothing(market: Market) -> None:
    seller = market.seller()
    order = market.confirmed(new_id(), {market.product(seller): 2})
    (made,) = market.parts(order)
    fulfilment.turn_down(market.session, seller.id, made.id, Status.REJECTED, "Broken", now(), seller.by)
    asked = text("SELECT kind, amount, earnings FROM commission WHERE vendor_order_id = :id ORDER BY kind")
    rows = [tuple(row) for row in market.session.execute(asked, {"id": made.id})]
    assert rows == [("charged", 400, 3598), ("reversed", -400, -3598)]
    assert entries(market, made) == {}
    (*_, (kind, _, data)) = market.announced(order.id)
    assert (kind, [*data["quantities"].values()], data["reason"]) == ("stock.release_requested", [2], "rejected")
