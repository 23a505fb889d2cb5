"""Each place where an order can hang is named, with the command that mends it; on a terminal and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deploy.local.cli import market
from deploy.local.inspecting import orders
from services.catalog.__main__ import SERVICE as CATALOG
from services.ordering.__main__ import SERVICE as ORDERING
from shared.events.ids import new_id
from shared.inspection import remedies
from shared.inspection.client import CannotAsk, NotThere
from shared.inspection.order_story import OrderStory, explain_order
from tests.infrastructure.plugin import ServiceDatabase
from tests.inspection.conftest import at_work, room_of
from tests.inspection.trade import Trade

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def rooms(service_database: ServiceDatabase) -> Iterator[Trade]:
    trade = Trade({service.name: room_of(service, service_database) for service in (CATALOG, ORDERING)})
    trade.open_shop(100)
    yield trade
    for room in trade.rooms.values():
        room.database.dispose()
        room.owner.dispose()


@pytest.fixture
def trade(rooms: Trade) -> Trade:
    """Every test begins with all ways open and nothing left to publish."""
    for name, room in rooms.rooms.items():
        room.way.down = False
        rooms.publish(name)
    return rooms


@pytest.fixture
def run(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(orders, "running", lambda: trade.services)
    return lambda *words: CliRunner().invoke(market, ["orders", "explain", *words])


def told(trade: Trade, order: Any) -> tuple[OrderStory, dict[tuple[str | None, str], bool | None]]:
    found = explain_order(trade.services, str(order.id))
    return found, {(hop.service, hop.name): hop.ok for hop in found.hops}


def test_an_order_that_stands_is_followed_through_both_services_and_back(trade: Trade) -> None:
    order = trade.order(2)
    trade.settle(order.id)
    found, _ = told(trade, order)
    assert [(hop.service, hop.name) for hop in found.hops] == [
        ("ordering", "placed"),
        *(("ordering", "outbox"), ("ordering", "published"), ("catalog", "delivered"), ("catalog", "handled")),
        *(("catalog", "outbox"), ("catalog", "published"), ("ordering", "delivered"), ("ordering", "handled")),
        *(("ordering", "confirmed"), ("ordering", "part")),
        *(("ordering", "outbox"), ("ordering", "published"), ("catalog", "delivered"), ("catalog", "handled")),
    ]
    assert (found.status, found.hangs, found.remedy) == ("confirmed", False, None)
    assert f"{order.number} stands, split into 1" in found.sentence
    assert all(hop.at for hop in found.hops)
    assert found.hops[0].seconds is None
    assert all(hop.seconds is not None for hop in found.hops[1:])


def test_a_number_is_as_good_as_an_id(trade: Trade) -> None:
    order = trade.order()
    trade.settle(order.id)
    assert explain_order(trade.services, order.number.lower()).order_id == str(order.id)


def test_too_few_is_told_with_the_reason_and_hangs_on_nothing(trade: Trade) -> None:
    order = trade.order(1000)
    trade.carry("ordering", "catalog", order.id)
    trade.carry("catalog", "ordering", order.id)
    found, hops = told(trade, order)
    assert (found.status, found.hangs, hops["ordering", "rejected"]) == ("rejected", False, True)
    assert "was rejected: There is not enough of it." in found.sentence


def test_what_is_not_published_waits_for_the_relay_of_whom_it_is(trade: Trade) -> None:
    order = trade.order()
    found, hops = told(trade, order)
    assert (found.hangs, hops["ordering", "published"], hops["catalog", "delivered"]) == (True, False, None)
    assert "stock.reserve_requested is written but not published" in found.sentence
    assert found.remedy == remedies.START_RELAY.format(service="ordering")
    trade.carry("ordering", "catalog", order.id)
    found, hops = told(trade, order)
    assert hops["catalog", "published"] is False
    assert "stock.reserved is written but not published, for catalog's relay" in found.sentence
    assert found.remedy == remedies.START_RELAY.format(service="catalog")


def test_what_no_queue_was_bound_for_is_named(trade: Trade) -> None:
    order = trade.order()
    trade.publish("ordering", unroutable=True)
    found, _ = told(trade, order)
    assert (found.hangs, found.remedy) == (True, remedies.RECONCILE)
    assert "no queue was bound" in found.sentence


def test_a_stopped_consumer_is_told_from_a_lost_event(trade: Trade) -> None:
    order = trade.order()
    trade.publish("ordering")
    found, _ = told(trade, order)
    assert "waits in the queue, for catalog's consumer is not at work" in found.sentence
    assert found.remedy == remedies.START_CONSUMER.format(service="catalog")
    with at_work(trade.rooms["catalog"], "catalog-consumer"):
        found, _ = told(trade, order)
    assert ("never reached catalog's inbox" in found.sentence, found.remedy) == (True, remedies.RECONCILE)


def test_a_handler_that_raises_is_quoted_and_a_parked_event_can_be_redriven(trade: Trade) -> None:
    order, room = trade.order(), trade.rooms["catalog"]
    room.alter("ALTER TABLE stock_reservation ADD CONSTRAINT no_more CHECK (false) NOT VALID")
    try:
        trade.carry("ordering", "catalog", order.id)
        with at_work(room, "catalog-consumer"):
            found, hops = told(trade, order)
        assert (hops["catalog", "delivered"], hops["catalog", "handled"]) == (True, False)
        assert "no_more" in found.sentence
        while trade.consumer("catalog").retry_due():
            continue
        found, _ = told(trade, order)
    finally:
        room.alter("ALTER TABLE stock_reservation DROP CONSTRAINT no_more")
    event = room.scalar("SELECT event_id FROM inbox WHERE aggregate_id = :id AND status = 'parked'", id=order.id)
    assert "is parked" in found.sentence
    assert found.remedy == remedies.REDRIVE.format(service="catalog", event_id=event)


def test_an_answer_that_was_never_written_is_missed_in_catalogs_log(trade: Trade) -> None:
    order = trade.order()
    trade.carry("ordering", "catalog", order.id)
    trade.rooms["catalog"].run("DELETE FROM outbox WHERE aggregate_id = :id", id=order.id)
    found, hops = told(trade, order)
    assert hops["catalog", "outbox"] is False
    assert "catalog has no stock.reserved" in found.sentence


def test_a_deadline_that_nobody_came_to_is_the_schedulers(trade: Trade) -> None:
    order = trade.late()
    trade.publish("ordering")
    trade.rooms["catalog"].way.down = True
    found, hops = told(trade, order)
    assert (found.hangs, hops["ordering", "decided"]) == (True, False)
    assert "scheduler did not come to it" in found.sentence
    assert found.remedy == remedies.LOGS.format(service="ordering-scheduler")


def test_what_became_of_it_stands_though_its_stock_is_not_sold_yet(trade: Trade) -> None:
    order = trade.order()
    trade.carry("ordering", "catalog", order.id)
    trade.carry("catalog", "ordering", order.id)
    found, _ = told(trade, order)
    assert (found.status, found.hangs) == ("confirmed", True)
    assert f"{order.number} stands" in found.sentence
    assert "order.confirmed is written but not published" in found.sentence


@pytest.mark.parametrize("silent", ["ordering", "catalog"])
def test_a_service_that_is_down_is_named_and_the_rest_is_told(trade: Trade, run: Run, silent: str) -> None:
    order = trade.order()
    trade.settle(order.id)
    trade.rooms[silent].way.down = True
    found, hops = told(trade, order)
    assert f"{silent} cannot be asked" in found.sentence
    assert (found.hangs, found.remedy) == (False, remedies.STATUS)
    if silent == "ordering":
        assert (found.status, hops["catalog", "published"]) == (None, True)
        with pytest.raises(CannotAsk, match="only it knows orders by their numbers"):
            explain_order(trade.services, order.number)
    else:
        assert (found.status, hops["catalog", "handled"], hops["ordering", "confirmed"]) == ("confirmed", None, True)
    shown = run(str(order.id))
    fits(shown)
    assert shown.exit_code == (1 if silent == "ordering" else 0)


def test_a_story_fits_a_terminal_and_exits_by_what_it_found(trade: Trade, run: Run) -> None:
    order = trade.order()
    hanging = run(str(order.id))
    assert (hanging.exit_code, "✗ ordering published" in hanging.stdout) == (1, True)
    assert hanging.stdout.rstrip().endswith(remedies.START_RELAY.format(service="ordering"))
    trade.settle(order.id)
    settled = run(order.number)
    assert (settled.exit_code, "✓ ordering confirmed" in settled.stdout) == (0, True)
    for shown in (hanging, settled):
        fits(shown)
    found = json.loads(run(order.number, "--json").stdout)
    assert {"order_id", "number", "status", "state", "hops", "hangs", "sentence", "remedy"} <= found.keys()
    assert {"service", "name", "at", "ok", "detail", "seconds"} <= found["hops"][0].keys()


def test_whom_nobody_knows_is_said_in_one_sentence(trade: Trade, run: Run) -> None:
    for nobody in (str(new_id()), "ORD-00000000", "no such thing"):
        with pytest.raises(NotThere, match=f"There is no order {nobody}"):
            explain_order(trade.services, nobody)
        result = run(nobody)
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert run().exit_code == 2


def test_its_help_shows_an_example(run: Run) -> None:
    assert "Example" in run("--help").stdout
    assert "--json" in run("--help").stdout


def fits(result: Result) -> None:
    wide = [line for line in result.stdout.splitlines() if len(line) > 80]
    assert not [line for line in wide if "./market" not in line and "python -m" not in line], wide
