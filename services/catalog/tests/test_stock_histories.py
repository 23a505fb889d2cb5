"""Any sequence of what ordering and the vendor may do: the sum of the movements is what there is, always.

`STOCK_HISTORIES=300` makes it many.
"""

import os
from collections import Counter
from datetime import timedelta
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from services.catalog.domain import reservations, settlements, stock
from services.catalog.domain.settlements import SoldWithoutStock
from services.catalog.domain.stock import Change, TooFew
from services.catalog.tests.building import NOON
from services.catalog.tests.stocking import SOMEBODY, asked, confirmed, given_back, level, said, shown, stocked
from shared.events.ids import new_id
from shared.kit.database import Database

PRODUCTS, ORDERS = 3, 4
END = NOON + timedelta(minutes=15)
some_orders, some_products = st.integers(0, ORDERS - 1), st.integers(0, PRODUCTS - 1)
some_wanted = st.dictionaries(some_products, st.integers(1, 4), max_size=PRODUCTS)


class Histories(RuleBasedStateMachine):
    """Stock of three products and orders of them; what should be left is known from a model of a few lines."""

    connection: Connection

    @initialize(counts=st.lists(st.integers(0, 8), min_size=PRODUCTS, max_size=PRODUCTS))
    def begin(self, counts: list[int]) -> None:
        self.session = Session(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        self.products = [stocked(self.session, count, threshold=2).id for count in counts]
        self.on_hand = Counter(dict(zip(self.products, counts, strict=True)))
        self.orders = [new_id() for _ in range(ORDERS)]
        self.held: dict[UUID, Counter[UUID]] = {}
        self.lost: dict[UUID, Counter[UUID]] = {}
        self.sold: dict[UUID, Counter[UUID]] = {}
        self.refused: set[UUID] = set()

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()
        self.connection.rollback()

    def named(self, wanted: dict[int, int]) -> Counter[UUID]:
        return Counter({self.products[which]: count for which, count in wanted.items()})

    def free(self, product: UUID) -> int:
        return self.on_hand[product] - sum(each[product] for each in self.held.values())

    def known(self, order: UUID) -> bool:
        return order in {*self.held, *self.lost, *self.sold, *self.refused}

    @rule(which=some_orders, wanted=some_wanted, again=st.booleans())
    def reserve(self, which: int, wanted: dict[int, int], *, again: bool) -> None:
        order, goods = self.orders[which], self.named(wanted)
        request = asked(goods, order, until=END)
        for _ in range(1 + again):
            reservations.reserve(self.session, [request], NOON)
        if self.known(order):
            return
        if goods and all(self.free(product) >= count for product, count in goods.items()):
            self.held[order] = goods
        else:
            self.refused.add(order)

    @rule(which=some_orders)
    def confirm(self, which: int) -> None:
        order = self.orders[which]
        goods = self.held.get(order) or self.lost.get(order) or Counter()
        late = order in self.lost
        if late and any(self.free(product) < count for product, count in goods.items()):
            try:
                with self.session.begin_nested():
                    settlements.confirm(self.session, [confirmed(order)])
            except SoldWithoutStock:
                return
            raise AssertionError("sold what was not there")
        settlements.confirm(self.session, [confirmed(order)])
        if self.held.pop(order, None) or self.lost.pop(order, None):
            self.on_hand.subtract(goods)
            self.sold[order] = goods

    @rule(which=some_orders, wanted=some_wanted)
    def release(self, which: int, wanted: dict[int, int]) -> None:
        order, asked_for = self.orders[which], self.named(wanted)
        settlements.release(self.session, given_back(order, asked_for))
        goods = self.held.get(order) or self.sold.get(order)
        if goods is None:
            self.refused |= set() if wanted or self.known(order) else {order}
            return
        back = goods & asked_for if wanted else Counter(goods)
        if order in self.sold:
            self.on_hand.update(back)
        goods.subtract(back)
        if order in self.held and not +goods:
            del self.held[order]
            self.refused.add(order)

    @rule(which=some_orders)
    def expire(self, which: int) -> None:
        order = self.orders[which]
        ended = settlements.expire(self.session, order, END + timedelta(minutes=1))
        assert ended == (order in self.held)
        if ended:
            self.lost[order] = self.held.pop(order)

    @rule(which=some_products, by=st.integers(-5, 5).filter(bool))
    def count_goods(self, which: int, by: int) -> None:
        product, change = self.products[which], Change("adjustment", by, "counted")
        possible = self.free(product) + by >= 0
        try:
            with self.session.begin_nested():
                stock.change(self.session, product, change, SOMEBODY, NOON)
        except TooFew:
            assert not possible
        else:
            assert possible
            self.on_hand[product] += by

    @invariant()
    def the_movements_add_up_to_what_there_is(self) -> None:
        if not hasattr(self, "products"):
            return
        for product in self.products:
            there = (self.on_hand[product], self.on_hand[product] - self.free(product))
            assert level(self.session, product) == there
            sums = (
                "SELECT coalesce(sum(on_hand), 0), coalesce(sum(reserved), 0) FROM stock_movement WHERE product_id = :p"
            )
            assert tuple(self.session.execute(text(sums), {"p": product}).one()) == there
            assert shown(self.session, product) == self.free(product) >= 0
            low = self.session.scalar(text("SELECT low FROM stock WHERE product_id = :p"), {"p": product})
            assert low == (self.free(product) <= 2)

    @invariant()
    def an_order_has_one_answer(self) -> None:
        for order in getattr(self, "orders", []):
            assert len(said(self.session, order, "stock.reserved", "stock.rejected")) <= 1


def test_any_history_of_stock_adds_up(database: Database) -> None:
    with database.engine.connect() as connection:
        machine = type("Machine", (Histories,), {"connection": connection})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=int(os.environ.get("STOCK_HISTORIES", "12")),
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            ),
        )
