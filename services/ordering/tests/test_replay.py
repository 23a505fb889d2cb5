"""Replicas can be shown again and made again from what was told; a replay tells nobody and moves no order."""

from typing import Any

import pytest
from sqlalchemy import text

from services.ordering.consumers import HANDLERS
from services.ordering.models import CustomerOrder
from services.ordering.projections import PROJECTIONS
from services.ordering.settings import Settings
from services.ordering.tests import market as words
from services.ordering.tests.market import Market
from shared.events.envelope import Envelope, encode
from shared.events.identity import CustomerErased
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.messaging.consumer import Consumer
from shared.messaging.intake import Delivery, Intake
from shared.messaging.replay.projection import Projection
from shared.messaging.replay.rebuild import Rebuild
from shared.messaging.replay.running import Replay
from shared.messaging.replay.selection import Selection
from shared.messaging.topology import Broker


@pytest.fixture
def told(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database whose inbox holds what was told: products, vendors, lists, and replies of each kind."""
    consumer = Consumer("ordering", database.transaction, HANDLERS, Intake(Broker("amqp://nowhere"), "o", []))

    def through_the_inbox(_: Any, *envelopes: Envelope[Any]) -> None:
        consumer.apply(
            [Delivery(1, n, e.source, e.type, encode(e).encode(), dead=False) for n, e in enumerate(envelopes)]
        )

    monkeypatch.setattr(words, "tell", through_the_inbox)
    with database.transaction() as session:
        market = Market(session)
        one, other = market.seller(shipping={"EUR": 499}), market.seller()
        one.suspend()
        one.reactivate()
        customer = new_id()
        for seller in (one, other):
            seller.link(customer)
        other.unlink(customer)
        through_the_inbox(None, words.envelope(CustomerErased(customer_id=customer, erased_at=words.now()), 2))
        bowl, lamp = market.product(one), market.product(other)
        market.change(bowl, price_amount=2199)
        market.delete(market.product(other))
        orders = [market.place(new_id(), {bowl: 1, lamp: 1}) for _ in range(3)]
    stands, fails, late = (
        market.reserved(orders[0]),
        market.lacking(orders[1].id, {}),
        market.lacking(orders[2].id, {}),
    )
    for reply in (stands, fails, late, market.reserved(orders[2]), market.again(stands)):
        through_the_inbox(None, reply)
    return database


def rows(database: Database, table: str) -> list[str]:
    with database.transaction() as session:
        return list(session.scalars(text(f"SELECT t::text FROM {table} t ORDER BY 1")))  # noqa: S608


def test_a_replay_makes_the_same_rows_and_moves_no_order(told: Database, settings: Settings) -> None:
    before = {
        table: rows(told, table) for table in ("customer_order", "vendor_order", "outbox", "saga_step", "product")
    }
    replay = Replay(settings.owner_database_url, HANDLERS, PROJECTIONS, Selection(), jobs=1, batch=100)
    found = replay.run()
    assert found.empty
    assert found.counts["product"]["same"] >= 3
    with told.transaction() as session:
        session.execute(text("UPDATE product SET price_amount = 1 WHERE status = 'active'"))
        session.execute(text("DELETE FROM vendor_customer"))
    replay = Replay(settings.owner_database_url, HANDLERS, PROJECTIONS, Selection(), jobs=1, batch=100)
    found = replay.run()
    assert found.counts["vendor_customer"]["insert"] >= 2
    replay.apply(found.digest)
    assert {table: rows(told, table) for table in before} == before
    with told.transaction() as session:
        assert set(session.scalars(text("SELECT status FROM customer_order"))) == {"confirmed", "rejected"}
        assert session.get(CustomerOrder, new_id()) is None


@pytest.mark.parametrize("table", PROJECTIONS.tables, ids=lambda table: table.table)
def test_a_table_made_from_its_definition_is_the_one_that_the_handlers_wrote(
    told: Database, settings: Settings, table: Projection
) -> None:
    found = Rebuild(settings.owner_database_url, table).run(swap=True)
    assert found.difference.empty, found.examples
    assert found.rows == len(rows(told, table.table)) > 0
