"""The split as it is written: in one statement, whole or not at all, and numbered without gaps."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.ordering.domain import confirming
from services.ordering.domain.confirming import Confirmation
from services.ordering.models import CustomerOrder
from services.ordering.tests.market import Market, now, tell
from shared.events.ids import new_id
from shared.kit.database import Database
from tests.infrastructure.listening import heard


def confirmation(order: CustomerOrder) -> Confirmation:
    return Confirmation(order.id, now(), new_id(), "because")


def test_a_batch_of_orders_is_split_in_one_statement(market: Market) -> None:
    one, other = market.seller(), market.seller()
    bowl, lamp = market.product(one), market.product(other)
    orders = [market.place(new_id(), {bowl: 1, lamp: 2}) for _ in range(5)]
    confirming.write(market.session, [confirmation(market.place(new_id(), {bowl: 1}))])
    with heard(market.session.connection()) as statements:
        rows = confirming.write(market.session, [confirmation(order) for order in orders])
    assert (len(statements), len(rows)) == (1, 10)
    assert sorted(row.part_number[-4:] for row in rows if row.vendor_id == one.id) == [f"000{n}" for n in range(2, 7)]


def test_an_order_that_is_not_pending_any_more_is_left_alone(market: Market) -> None:
    order = market.confirmed(new_id(), {market.product(market.seller()): 1})
    assert confirming.write(market.session, [confirmation(order)]) == []
    assert len(market.parts(order)) == 1


@pytest.mark.parametrize(
    "broken",
    [
        lambda plan: plan["parts"][0].update(subtotal=plan["parts"][0]["subtotal"] + 1),
        lambda plan: plan["parts"][0].update(shipping=1, total=plan["parts"][0]["total"] + 1),
        lambda plan: plan["parts"][0].update(commission=0, earnings=plan["parts"][0]["subtotal"]),
        lambda plan: plan["parts"].pop(),
        lambda plan: plan["items"].pop(),
        lambda plan: plan["items"][0].update(subtotal=0),
        lambda plan: plan["items"][0].update(vendor_order_id=plan["items"][1]["vendor_order_id"]),
        lambda plan: plan["items"][0].update(vendor_order_id=str(new_id())),
        lambda plan: plan["parts"][0].update(discount=1, total=plan["parts"][0]["total"] - 1),
    ],
)
def test_the_database_takes_no_split_that_does_not_add_up(market: Market, broken: Any) -> None:
    one, other = market.seller(), market.seller()
    order = market.place(new_id(), {market.product(one): 1, market.product(other, 333): 2})
    plan = json.loads(json.dumps(order.plan))
    broken(plan)
    spoil(market.session, order, plan)
    with pytest.raises(DBAPIError), market.session.begin_nested():
        confirming.write(market.session, [confirmation(order)])
    assert market.count("vendor_order", order_id=order.id) == 0


def spoil(session: Session, order: CustomerOrder, plan: Any) -> None:
    """What was agreed cannot be changed, so another order is placed with this plan."""
    copied = text("""
        INSERT INTO customer_order SELECT (jsonb_populate_record(NULL::customer_order, to_jsonb(o) || :other)).*
        FROM customer_order o WHERE id = :id
    """)
    other = {"id": str(new_id()), "number": new_id().hex, "plan": plan}
    session.execute(copied, {"id": order.id, "other": json.dumps(other)})
    session.expunge(order)
    order.id = UUID(other["id"])


def test_an_order_cannot_stand_without_its_parts(market: Market) -> None:
    order = market.place(new_id(), {market.product(market.seller()): 1})
    alone = text("UPDATE customer_order SET status = 'confirmed', decided_at = now() WHERE id = :id")
    with pytest.raises(DBAPIError, match="do not add up"), market.session.begin_nested():
        market.session.execute(alone, {"id": order.id})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE vendor_order SET commission = 0, earnings = subtotal WHERE order_id = :id",
        "UPDATE vendor_order SET vendor_id = gen_random_uuid() WHERE order_id = :id",
        "DELETE FROM vendor_order WHERE order_id = :id",
        "UPDATE customer_order SET total = 0 WHERE id = :id",
        "DELETE FROM customer_order WHERE id = :id",
        "UPDATE order_item SET quantity = 2 WHERE product_id = (SELECT id FROM product LIMIT 1) AND :id IS NOT NULL",
        "DELETE FROM commission WHERE vendor_order_id IN (SELECT id FROM vendor_order WHERE order_id = :id)",
        """INSERT INTO order_item SELECT gen_random_uuid(), vendor_order_id, product_id, title, sku, picture,
           routed_by, quantity, unit_price, subtotal, discount FROM order_item
           WHERE vendor_order_id IN (SELECT id FROM vendor_order WHERE order_id = :id)""",
        """INSERT INTO vendor_order SELECT (jsonb_populate_record(NULL::vendor_order, to_jsonb(v) || jsonb_build_object(
           'id', gen_random_uuid(), 'vendor_id', gen_random_uuid(), 'number', 'another'))).* FROM vendor_order v
           WHERE order_id = :id""",
    ],
)
def test_what_was_agreed_stays_as_it_is(market: Market, statement: str) -> None:
    order = market.confirmed(new_id(), {market.product(market.seller()): 1})
    with pytest.raises(DBAPIError), market.session.begin_nested():
        market.session.execute(text(statement), {"id": order.id})


def test_numbers_are_unique_and_without_gaps_under_concurrency(database: Database) -> None:
    with database.transaction() as session:
        market = Market(session)
        sellers = [market.seller() for _ in range(3)]
        products = [market.product(seller) for seller in sellers]
        orders = [market.place(new_id(), dict.fromkeys(products, 1)).id for _ in range(24)]

    def stand(order_id: UUID) -> None:
        with database.transaction() as session:
            Market(session).reserve(order_id)

    with ThreadPoolExecutor(8) as pool:
        [*pool.map(stand, orders)]
    with database.transaction() as session:
        asked = text("SELECT number FROM vendor_order WHERE vendor_id = :id")
        for seller in sellers:
            numbers = sorted(session.scalars(asked, {"id": seller.id}))
            assert [number[-4:] for number in numbers] == [f"{n:04}" for n in range(1, 25)]


def test_a_day_is_utc_and_begins_at_one(market: Market) -> None:
    seller = market.seller()
    bowl = market.product(seller)
    midnight = (now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    for at in (midnight - timedelta(microseconds=1), midnight):
        tell(market.session, market.reserved(market.place(new_id(), {bowl: 1}), at))
    asked = text("SELECT number FROM vendor_order WHERE vendor_id = :id ORDER BY created_at")
    numbers = list(market.session.scalars(asked, {"id": seller.id}))
    days = [(midnight - timedelta(days=1)).strftime("%Y%m%d"), midnight.strftime("%Y%m%d")]
    assert numbers == [f"VND-{seller.code}-{day}-0001" for day in days]


def test_a_number_has_more_digits_when_four_are_not_enough(market: Market) -> None:
    seller = market.seller()
    bowl = market.product(seller)
    session = market.session
    session.execute(text("INSERT INTO vendor_order_count VALUES (:id, :day, 9998)"), {"id": seller.id, "day": now()})
    orders = [market.confirmed(new_id(), {bowl: 1}) for _ in range(2)]
    assert [market.parts(order)[0].number.rpartition("-")[2] for order in orders] == ["9999", "10000"]


def test_numbers_of_orders_reveal_no_volume(market: Market) -> None:
    bowl = market.product(market.seller())
    numbers = [market.place(new_id(), {bowl: 1}).number for _ in range(20)]
    assert numbers != sorted(numbers)
    assert all(len(number) == 12 for number in numbers)
