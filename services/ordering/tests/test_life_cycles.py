"""Customers, vendors, admins, stock and time do whatever they like, in any order, twice and late: nothing is oversold,
the ledger adds up to nothing, and every order is what its parts make of it. `ORDER_LIVES=1000` makes it many.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from services.ordering.domain import cancelling, fulfilment, life_cycle, orders, payouts, timeouts
from services.ordering.domain.fulfilment import Tracking
from services.ordering.domain.life_cycle import Status
from services.ordering.domain.placing import Rules
from services.ordering.models import CustomerOrder, VendorOrder
from services.ordering.tests.market import RULES, Market, now, tell
from services.ordering.tests.stock import Stock
from shared.events.ids import new_id
from shared.kit.audit import By
from shared.kit.database import Database
from shared.kit.errors import Refusal
from shared.kit.rowsets import array
from shared.sql import steady

SHORT = Rules(None, timedelta(seconds=-1))
ON_THE_WAY = ["accepted", "packed", "shipped", "delivered"]
MAY = {
    "accepted": {"pending"},
    "packed": {"accepted"},
    "shipped": {"packed"},
    "delivered": {"shipped"},
    "rejected": {"pending"},
    "cancelled": {"pending", "accepted", "packed"},
}
"""From where each step may be taken, as somebody who knows only the rules would say."""
MANY = 12
numbers = st.integers(0, 10_000)
wishes = st.lists(st.tuples(numbers, st.integers(1, 3)), min_size=1, max_size=3)


class OrderLives(RuleBasedStateMachine):
    """Two vendors, four products of which there are few, and whoever wants them."""

    connection: Connection

    @initialize()
    def begin(self) -> None:
        self.session = Session(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        self.market = Market(self.session)
        self.sellers = [self.market.seller(shipping={"EUR": 499}), self.market.seller(bps=1250)]
        self.products = [self.market.product(seller, price) for seller in self.sellers for price in (1999, 333)]
        self.stock = Stock(dict.fromkeys(self.products, MANY))
        self.stock.after = self.session.scalar(text("SELECT coalesce(max(seq), 0) FROM outbox")) or 0
        self.customers = [new_id(), new_id()]
        self.placed: list[UUID] = []
        self.last: dict[str, str] = {}
        self.paid = 0

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.come_to_rest()
            self.session.close()
        self.connection.rollback()

    def attempt(self, act: Callable[[], Any], *, allowed: bool | None = None) -> Any:
        """Do it in a transaction of its own; if it is known whether it may be done, it must be so."""
        try:
            with self.session.begin_nested():
                done = act()
                self.session.flush()
        except Refusal:
            assert allowed is not True
            self.session.expire_all()
            return None
        assert allowed is not False
        return done

    @rule(who=numbers, what=wishes, late=numbers)
    def place(self, who: int, what: list[tuple[int, int]], late: int) -> None:
        wanted = {self.products[which % 4]: number for which, number in what}
        rules = SHORT if late % 5 == 0 else RULES
        self.placed.append(self.market.place(self.customers[who % 2], wanted, rules).id)

    @rule(who=numbers, what=wishes, late=numbers)
    def place_and_let_the_reply_come(self, who: int, what: list[tuple[int, int]], late: int) -> None:
        """Stated as a rule, so that many orders come far enough to be fulfilled."""
        self.place(who, what, late)
        self.stock_obeys(9, twice=False)
        self.a_reply_arrives(-1, twice=False)

    @rule(who=numbers, what=wishes, whole=st.booleans())
    def place_and_cancel_before_the_reply_comes(self, who: int, what: list[tuple[int, int]], whole: bool) -> None:
        self.place(who, what, 1)
        self.stock_obeys(9, twice=False)
        self.a_customer_cancels(-1, whole)
        self.a_reply_arrives(-1, twice=False)

    @rule(times=st.integers(1, 3), twice=st.booleans())
    def stock_obeys(self, times: int, twice: bool) -> None:
        self.stock.listen(self.session)
        for _ in range(times):
            self.stock.obey(twice=twice)

    @rule(which=numbers, twice=st.booleans())
    def a_reply_arrives(self, which: int, twice: bool) -> None:
        if waiting := [*self.stock.waiting()]:
            queue = self.stock.replies[waiting[which % len(waiting)]]
            reply = queue[0] if twice else queue.popleft()
            copy = self.market.again(reply) if twice else reply
            tell(self.session, copy)

    @rule(which=numbers)
    def stock_expires(self, which: int) -> None:
        """Catalog asks which of the orders stand before it gives their stock to others."""
        kept = [order for order in self.stock.kept if self.order(order).status != "confirmed"]
        late = [order for order in kept if self.order(order).status != "pending" or self.is_late(order)]
        if late:
            self.stock.expire(late[which % len(late)])

    @rule(which=numbers, whole=st.booleans())
    def a_customer_cancels(self, which: int, whole: bool) -> None:
        if not self.placed:
            return
        order = self.order(self.placed[which % len(self.placed)])
        parts = self.market.parts(order)
        chosen = parts[which % len(parts)] if parts and not whole else None
        possible = {part.status for part in ([chosen] if chosen else parts)} & {"pending", "accepted"}
        by = By(order.customer_id, "customer")
        act = lambda: cancelling.by_customer(  # noqa: E731
            self.session, order.customer_id, order.id, "x", now(), by, part_id=chosen.id if chosen else None
        )
        self.attempt(act, allowed=order.status == "pending" or bool(possible))

    @rule(which=numbers, to=st.sampled_from([*ON_THE_WAY, *ON_THE_WAY, *ON_THE_WAY, "rejected", "cancelled"]))
    def a_vendor_steps(self, which: int, to: str) -> None:
        parts = self.parts()
        if not parts:
            return
        able = [part for part in parts if part.status in MAY[to]]
        part = able[which % len(able)] if able and which % 4 else parts[which % len(parts)]
        seller = next(seller for seller in self.sellers if seller.id == part.vendor_id)
        sent = Tracking("DHL", "1") if to == "shipped" else None

        def take() -> VendorOrder:
            about = (self.session, seller.id, part.id, Status(to))
            if to in {"rejected", "cancelled"}:
                return fulfilment.turn_down(*about, reason="Broken", now=now(), by=seller.by)
            return fulfilment.advance(*about, now=now(), by=seller.by, tracking=sent)

        self.attempt(take, allowed=part.status in MAY[to])

    @rule(far=st.sampled_from([False, False, False, True]))
    def time_passes(self, far: bool) -> None:
        with self.session.begin_nested():
            timeouts.advance(self.session, now() + timedelta(hours=far), 100)

    @rule()
    def vendors_are_paid(self) -> None:
        who = [str(seller.id) for seller in self.sellers]
        owed = self.session.scalar(_OWED, {"who": who})
        for seller in self.sellers:
            made = self.attempt(lambda s=seller: payouts.pay(self.session, now(), By(None, "admin"), vendor_id=s.id))  # type: ignore[misc]
            self.paid += sum(one.amount for one in made.payouts) if made else 0
        assert self.session.scalar(_OWED, {"who": who}) == 0
        assert self.paid == self.session.scalar(_EARNED, {"who": who})
        assert owed is not None

    @invariant()
    def nothing_is_oversold(self) -> None:
        if hasattr(self, "stock"):
            assert all(self.stock.on_hand[key] >= self.stock.reserved[key] for key in self.products)

    @invariant()
    def the_books_are_right(self) -> None:
        if hasattr(self, "sellers"):
            (books,) = steady.run(self.session, _BOOKS, {"who": array(seller.id for seller in self.sellers)})
            assert (books.ledger, books.wrong) == (0, 0)

    @invariant()
    def every_order_is_what_its_parts_make_of_it(self) -> None:
        """Asked after every step, so in one statement; `come_to_rest` asks as customers do."""
        for order in steady.run(self.session, _FARE, {"ids": array(self.placed)}) if hasattr(self, "session") else ():
            for part, status in order.parts.items():
                was = self.last.get(part, "pending")
                assert status == was or was in MAY[status] | {"accepted", "packed", "shipped"}
                self.last[part] = status
            states = [*order.parts.values()]
            assert life_cycle.whole(order.status, states) == fares(order.status, states)
            assert bool(states) == (order.status == "confirmed")

    def come_to_rest(self) -> None:
        """Everything on its way arrives; then whatever is not bought is there again, and no order waits."""
        for _ in range(3):
            self.stock.listen(self.session)
            while self.stock.asked:
                self.stock.obey()
            for order in [*self.stock.waiting()]:
                while self.stock.replies[order]:
                    tell(self.session, self.stock.replies[order].popleft())
            self.time_passes(far=True)
        for found in orders.wholes(self.session, self.orders()):
            assert found.order.status != "pending"
            assert found.status == fares(found.order.status, [part.row.status for part in found.parts])
        assert not self.stock.reserved
        bought: Counter[UUID] = Counter()
        for row in self.session.execute(_BOUGHT, {"who": [str(seller.id) for seller in self.sellers]}):
            bought[row.product_id] = row.bought
        assert {key: self.stock.on_hand[key] + bought[key] for key in self.products} == dict.fromkeys(
            self.products, MANY
        )

    def orders(self) -> list[CustomerOrder]:
        """All that were placed."""
        rows = select(CustomerOrder).where(CustomerOrder.id.in_(self.placed))
        return list(self.session.scalars(rows.execution_options(populate_existing=True)))

    def order(self, order_id: UUID) -> CustomerOrder:
        return self.session.get_one(CustomerOrder, order_id, populate_existing=True)

    def parts(self) -> list[VendorOrder]:
        rows = select(VendorOrder).where(VendorOrder.vendor_id.in_([seller.id for seller in self.sellers]))
        return list(self.session.scalars(rows.order_by(VendorOrder.id).execution_options(populate_existing=True)))

    def is_late(self, order_id: UUID) -> bool:
        asked = text("SELECT deadline < clock_timestamp() FROM order_saga WHERE order_id = :id")
        return bool(self.session.scalar(asked, {"id": order_id}))


def fares(order: str, parts: list[str]) -> str:
    """The derived state, said a second way."""
    live = [part for part in parts if part not in {"cancelled", "rejected"}]
    gone = [part for part in live if part in {"shipped", "delivered"}]
    if order != "confirmed":
        return order
    if not live:
        return "cancelled"
    if live.count("delivered") == len(live):
        return "delivered"
    if gone:
        return "shipped" if len(gone) == len(live) else "partly_shipped"
    return "confirmed" if live.count("pending") == len(live) else "processing"


_LEDGER = text("""
    SELECT coalesce(sum(e.amount), 0) FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id
    WHERE t.vendor_id = ANY(CAST(:who AS uuid[]))
""")
_OWED = text(_LEDGER.text + " AND e.account = 'vendor'")
_EARNED = text("""
    SELECT coalesce(sum(earnings + shipping), 0) FROM vendor_order
    WHERE status = 'delivered' AND vendor_id = ANY(CAST(:who AS uuid[]))
""")
_COMMISSION = text("""
    SELECT v.id FROM vendor_order v LEFT JOIN commission c ON c.vendor_order_id = v.id
    WHERE v.vendor_id = ANY(CAST(:who AS uuid[])) GROUP BY v.id
    HAVING sum(c.amount) <> CASE WHEN v.status IN ('cancelled', 'rejected') THEN 0 ELSE v.commission END
        OR sum(c.earnings) <> CASE WHEN v.status IN ('cancelled', 'rejected') THEN 0 ELSE v.earnings END
""")
_BOOKS = f"""
    SELECT ({_LEDGER.text}) AS ledger, (SELECT count(*) FROM ({_COMMISSION.text}) AS wrong) AS wrong
"""  # noqa: S608 - made of this module's own words
_FARE = """
    SELECT o.id, o.status, coalesce(json_object_agg(v.id, v.status) FILTER (WHERE v.id IS NOT NULL), '{}') AS parts
    FROM customer_order o LEFT JOIN vendor_order v ON v.order_id = o.id
    WHERE o.id = ANY(CAST(:ids AS uuid[])) GROUP BY o.id, o.status
"""
_BOUGHT = text("""
    SELECT i.product_id, sum(i.quantity) AS bought FROM order_item i JOIN vendor_order v ON v.id = i.vendor_order_id
    WHERE v.vendor_id = ANY(CAST(:who AS uuid[])) AND v.status NOT IN ('cancelled', 'rejected') GROUP BY i.product_id
""")


def test_whatever_happens_orders_stock_and_books_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        machine = type("Machine", (OrderLives,), {"connection": connection})
        lives = settings(
            max_examples=int(os.environ.get("ORDER_LIVES", "12")),
            stateful_step_count=int(os.environ.get("ORDER_STEPS", "40")),
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
        )
        run_state_machine_as_test(machine, settings=lives)
