"""What becomes of others' events: any order, any number of times, and the same in the end."""

import itertools
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.ordering.consumers import HANDLERS
from services.ordering.domain import cancelling, placing, timeouts
from services.ordering.domain.placing import CannotBeOrdered, Rules
from services.ordering.models import CustomerOrder
from services.ordering.tests.market import LONG_AGO, NOON, RULES, Market, Seller, envelope, now, tell
from shared.events.catalog import StockReleased, StockReserved
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.events.vendor import VendorApproved, VendorReactivated, VendorSuspended, VendorUpdated
from shared.kit.audit import By
from shared.messaging.handlers import run_handlers

SHORT = Rules(None, timedelta(seconds=-1))
"""Stock is kept no longer than until before the order."""


def said(market: Market, order: CustomerOrder) -> list[str]:
    return [kind for kind, _, _ in market.announced(order.id)]


def steps(market: Market, order: CustomerOrder) -> list[str]:
    asked = text("SELECT step FROM saga_step WHERE order_id = :id ORDER BY noted_at")
    return list(market.session.scalars(asked, {"id": order.id}))


def test_an_order_is_reserved_split_and_stands(market: Market) -> None:
    customer = new_id()
    one, other = market.seller(shipping={"EUR": 499}), market.seller(bps=1250)
    order = market.place(customer, {market.product(one): 2, market.product(one, 55): 3, market.product(other, 333): 1})
    assert (order.status, order.subtotal, order.shipping, order.total) == ("pending", 4496, 499, 4995)
    tell(market.session, market.reserved(order))
    parts = market.parts(order)
    assert order.status == "confirmed"
    assert {part.vendor_id: (part.subtotal, part.shipping, part.commission) for part in parts} == {
        one.id: (4163, 499, 416),
        other.id: (333, 0, 42),
    }
    assert said(market, order) == ["order.placed", "stock.reserve_requested", "order.confirmed"]
    assert [version for _, version, _ in market.announced(order.id)] == [1, 2, 3]
    assert [market.announced(part.id)[0][2]["number"] for part in parts] == [part.number for part in parts]
    assert market.count("commission", vendor_order_id=parts[0].id) == 1


def test_doubled_replies_are_harmless(market: Market) -> None:
    order = market.place(new_id(), {market.product(market.seller()): 1})
    tell(market.session, market.reserved(order), market.reserved(order))
    tell(market.session, market.reserved(order), market.lacking(order.id, {}))
    assert (order.status, len(market.parts(order))) == ("confirmed", 1)
    assert said(market, order) == ["order.placed", "stock.reserve_requested", "order.confirmed"]


def test_a_rejection_names_the_lines_and_a_reservation_after_it_is_given_back(market: Market) -> None:
    bowl = market.product(market.seller(), title="Cedar bowl")
    order = market.place(new_id(), {bowl: 3, market.product(market.seller(), title="Cedar bowl"): 1})
    tell(market.session, market.lacking(order.id, {str(bowl): 1}))
    assert (order.status, order.refused) == ("rejected", {"Cedar bowl": "3 wanted, 1 there"})
    (*_, (kind, version, data)) = market.announced(order.id)
    assert (kind, version, data["lines"]) == ("order.rejected", 3, {"Cedar bowl": "3 wanted, 1 there"})
    late = market.reserved(order)
    tell(market.session, late)
    (*_, (kind, version, data)) = market.announced(order.id)
    assert (kind, version, data["quantities"], order.status) == ("stock.release_requested", 4, {}, "rejected")
    assert steps(market, order) == ["placed", "rejected", "given_back"]


def test_lines_that_are_called_alike_are_told_apart(market: Market) -> None:
    seller = market.seller()
    one, other = (market.product(seller, title="Cedar bowl", sku=sku) for sku in ("B-1", "B-2"))
    order = market.place(new_id(), {one: 3, other: 2})
    tell(market.session, market.lacking(order.id, {str(one): 1, str(other): 0}))
    assert order.refused == {"Cedar bowl (B-1)": "3 wanted, 1 there", "Cedar bowl (B-2)": "2 wanted, 0 there"}


def test_a_late_reply_after_a_cancel_gives_the_stock_back_again(market: Market) -> None:
    customer = new_id()
    order = market.place(customer, {market.product(market.seller()): 1})
    cancelling.by_customer(market.session, customer, order.id, "No more", now(), By(customer, "customer"))
    tell(market.session, market.reserved(order))
    assert order.status == "cancelled"
    assert said(market, order)[2:] == ["order.cancelled", "stock.release_requested", "stock.release_requested"]
    assert [version for _, version, _ in market.announced(order.id)] == [1, 2, 3, 4, 5]


def test_an_order_never_stands_on_stock_that_is_kept_no_longer(market: Market) -> None:
    order = market.place(new_id(), {market.product(market.seller()): 1}, SHORT)
    tell(market.session, market.reserved(order))
    assert (order.status, order.reason) == ("cancelled", "It was not confirmed in time.")
    assert said(market, order)[2:] == ["order.cancelled", "stock.release_requested"]


def test_stock_that_was_released_ends_only_an_order_that_waits(market: Market) -> None:
    bowl = market.product(market.seller())
    waiting, stands = market.place(new_id(), {bowl: 1}), market.confirmed(new_id(), {bowl: 1})
    for order in (waiting, stands):
        event = StockReleased(order_id=order.id, reason="expired", quantities={str(bowl): 1}, released_at=now())
        tell(market.session, envelope(event))
    assert (waiting.status, stands.status) == ("cancelled", "confirmed")
    assert steps(market, stands) == ["placed", "confirmed", "stock.released"]


def test_stock_reserved_for_an_order_that_nobody_knows_is_given_back(market: Market) -> None:
    order_id = new_id()
    event = StockReserved(order_id=order_id, reserved_at=now(), expires_at=now())
    tell(market.session, envelope(event))
    assert [kind for kind, _, _ in market.announced(order_id)] == ["stock.release_requested"]


def test_what_waits_past_its_deadline_is_called_off_once(market: Market) -> None:
    bowl = market.product(market.seller())
    late = [market.place(new_id(), {bowl: 1}, SHORT) for _ in range(3)]
    fresh = market.place(new_id(), {bowl: 1})
    assert [timeouts.advance(market.session, now(), 2) for _ in range(3)] == [2, 1, 0]
    market.session.expire_all()
    assert [order.status for order in (*late, fresh)] == ["cancelled"] * 3 + ["pending"]
    assert {tuple(said(market, order)[2:]) for order in late} == {("order.cancelled", "stock.release_requested")}


def test_a_replica_is_the_newest_word_in_whatever_order_words_come(market: Market) -> None:
    seller = Words()
    expected = None
    for arranged in itertools.permutations(seller.events):
        with market.session.begin_nested() as savepoint:
            for one in arranged:
                run_handlers(HANDLERS, market.session, [one])
            made = rows(market, "vendor", seller.id), rows(market, "commission_rate", seller.id)
            savepoint.rollback()
        expected = expected or made
        assert made == expected
    assert expected is not None
    ((known,), rates) = expected
    assert '""EUR"": 499' in known
    assert "suspended" in known
    assert len(rates) == 2


class Words:
    """Everything that vendor says of a vendor."""

    def __init__(self) -> None:
        self.id, user = new_id(), new_id()
        who: dict[str, Any] = {"vendor_id": self.id, "user_id": user}
        called: dict[str, Any] = {"name": "Acme", "slug": "acme", "code": "ACME"}
        rate: dict[str, Any] = {"commission_bps": 1200, "commission_from": NOON, "shipping": {"EUR": 499}}
        self.events = [
            envelope(VendorApproved(**who, **called, commission_bps=1000, approved_at=LONG_AGO), 1),
            envelope(VendorUpdated(**who, **called, status="approved", updated_at=NOON, **rate), 2),
            envelope(VendorSuspended(**who, reason="x", suspended_at=NOON), 3),
            envelope(VendorReactivated(**who, reactivated_at=NOON), 4),
            envelope(VendorSuspended(**who, reason="x", suspended_at=NOON), 5),
        ]


def rows(market: Market, table: str, vendor: Any) -> list[str]:
    column = "id" if table == "vendor" else "vendor_id"
    asked = text(f"SELECT t::text FROM {table} t WHERE {column} = :id ORDER BY 1")  # noqa: S608
    return list(market.session.scalars(asked, {"id": vendor}))


def test_the_rate_of_the_moment_is_frozen_with_the_word_it_is_from(market: Market) -> None:
    seller = market.seller(bps=1000)
    bowl = market.product(seller, 10_000)
    seller.update(commission_bps=1500, commission_from=now() + timedelta(days=1))
    first = market.confirmed(new_id(), {bowl: 1})
    seller.update(commission_bps=2000, commission_from=now() - timedelta(seconds=1))
    placed = market.place(new_id(), {bowl: 1})
    seller.update(commission_bps=9000, commission_from=now() - timedelta(seconds=1))
    tell(market.session, market.reserved(placed))
    for order, frozen in ((first, (1000, 1, 1000)), (placed, (2000, 3, 2000))):
        (part,) = market.parts(order)
        assert (part.commission_bps, part.rate_version, part.commission) == frozen


@pytest.mark.parametrize("linked", [True, False])
def test_what_is_for_a_vendors_customers_only_is_bought_by_these(market: Market, linked: bool) -> None:
    customer, seller = new_id(), market.seller()
    bowl = market.product(seller, visibility="linked")
    seller.link(customer)
    market.put(customer, {bowl: 1})
    if not linked:
        seller.unlink(customer)
        seller.link(customer, version=1)
        with pytest.raises(CannotBeOrdered):
            placing.place(market.session, customer, placing.Wanted({}), RULES, now())
        return
    assert market.confirmed(customer, {bowl: 1}).status == "confirmed"


def test_the_marketplaces_own_goes_to_the_earliest_link_then_to_the_house_then_to_nobody(market: Market) -> None:
    customer, own = new_id(), market.product(None)
    house, late, early, shut = (market.seller() for _ in range(4))
    for seller, at in ((late, NOON), (early, NOON - timedelta(days=1)), (shut, NOON - timedelta(days=2))):
        seller.link(customer, at)
    shut.suspend()
    assert fulfilled_by(market, customer, own, house) == (early.id, "linked_vendor")
    early.unlink(customer)
    assert fulfilled_by(market, customer, own, house) == (late.id, "linked_vendor")
    assert fulfilled_by(market, new_id(), own, house) == (house.id, "house_vendor")
    with pytest.raises(CannotBeOrdered) as refused:
        market.place(new_id(), {own: 1})
    assert "No vendor can fulfil" in str(refused.value.fields[f"items.{own}"])


def fulfilled_by(market: Market, customer: Any, product: Any, house: Seller) -> tuple[Any, str]:
    order = market.place(customer, {product: 1}, RULES._replace(house=house.id))
    (item,), (part,) = order.plan["items"], order.plan["parts"]
    return UUID(part["vendor_id"]), item["routed_by"]


def test_times_come_from_the_reply(market: Market) -> None:
    order = market.place(new_id(), {market.product(market.seller()): 1})
    at: datetime = now() - timedelta(hours=1)
    reply: Envelope[StockReserved] = market.reserved(order, at)
    tell(market.session, reply)
    assert (order.decided_at, market.parts(order)[0].created_at) == (at, at)
