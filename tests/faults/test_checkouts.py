"""Every process of a checkout dies at every moment that matters, and so do the broker and the database: whatever was
taken is confirmed or rejected, whole, once, with its stock. `CHECKOUTS=2000` makes it many for each fault.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from deploy.local.postgres import Postgres
from deploy.local.rabbitmq import RabbitMQ
from tests.faults import checkout_books
from tests.faults.checkouts import ALL, SERVICES, Checkout, Shops, check_out_while_dying, opened, rows
from tests.faults.summary import CHECKOUTS
from tests.faults.test_postgres_down import shut_down_at_once
from tests.infrastructure.databases import PostgresServer
from tests.infrastructure.migrations import migrate_by_command

COUNT = int(os.environ.get("CHECKOUTS", "18"))
KILLS = 1 if COUNT < 1000 else 10
FEW = COUNT // 6
"""Of the scarce product; a third of all want one."""
DEATHS = [
    *[("ordering.web", moment) for moment in ("order.written", "outbox.written", "outbox.committed")],
    *[("ordering.consumer", moment) for moment in ("order.split", "outbox.written", "consumer.committed")],
    *[("catalog.consumer", moment) for moment in ("stock.moved", "outbox.written", "consumer.committed")],
    *[(f"{service}.relay", "relay.confirmed") for service in SERVICES],
]
STATUS = "SELECT status, count(*) AS count FROM customer_order WHERE id = ANY(:new) GROUP BY status ORDER BY status"
Settled = Callable[..., None]


@pytest.fixture(scope="module")
def shops(own_postgres: Postgres, own_broker: RabbitMQ, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shops]:
    server = PostgresServer(own_postgres.url())
    databases = {name: server.service_database(name, partial(migrate_by_command, name)) for name in SERVICES}
    with opened(databases, own_broker.url, "checkouts", tmp_path_factory.mktemp("processes")) as made:
        made.start(*ALL)
        yield made


@pytest.fixture(scope="module")
def taken() -> list[Checkout]:
    """All that was taken so far: what one fault has left behind would still be seen after the next."""
    return []


@pytest.fixture
def settled(shops: Shops, taken: list[Checkout], record_property: Callable[[str, object], None]) -> Settled:
    """`settled(new, kills=2)`: wait for the end of every order; none may be lost, doubled, half, or without stock."""

    def check(new: list[Checkout], **counts: int) -> None:
        taken.extend(new)
        found = checkout_books.settle(shops, taken, timeout=60 + COUNT / 10)
        row = {name: getattr(found, name) for name in ("lost", "doubled", "halves", "unstocked")}
        became = rows(shops.engines["ordering"], STATUS, new=[one.order_id for one in new])
        record_property(CHECKOUTS, {"checkouts": len(new), **row, **{it.status: it.count for it in became}, **counts})
        assert found.balanced, found
        assert found.confirmed + found.rejected == len(taken)

    return check


@pytest.mark.parametrize(("process", "moment"), DEATHS, ids=["-".join(death) for death in DEATHS])
def test_a_process_dies(shops: Shops, settled: Settled, process: str, moment: str) -> None:
    shops.leave_few(FEW)
    web = process == "ordering.web"
    before, passes = _workers_killed(shops), max(5, COUNT // 40) if web else 2
    new, codes = check_out_while_dying(shops, process, f"{moment}:{passes}", kills=KILLS, count=COUNT)
    kills = _workers_killed(shops) - before if web else codes.count(-9)
    assert kills >= 1, "nobody died"
    settled(new, kills=kills)


def test_the_broker_dies(shops: Shops, settled: Settled, own_broker: RabbitMQ) -> None:
    shops.leave_few(FEW)
    new: list[Checkout] = []
    buying = threading.Thread(target=lambda: new.extend(shops.check_out(COUNT)))
    buying.start()
    for end in (own_broker.stop, own_broker.kill):
        time.sleep(0.3)
        end()
        own_broker.start()
    buying.join()
    assert {answer for one in new for answer in one.answers} == {200, 202}, "web does not need the broker"
    settled(new, outages=2)


def test_postgresql_dies(shops: Shops, settled: Settled, own_postgres: Postgres) -> None:
    shops.leave_few(FEW)
    new: list[Checkout] = []
    buying = threading.Thread(target=lambda: new.extend(shops.check_out(COUNT)))
    buying.start()
    for end in (shut_down_at_once, Postgres.kill):
        time.sleep(0.3)
        end(own_postgres)
        own_postgres.start()
    buying.join()
    for engine in shops.engines.values():
        engine.dispose()
    settled(new, outages=2)


def _workers_killed(shops: Shops) -> int:
    """How often the web process has told that a worker of its was killed."""
    return shops.process("ordering.web").output.read_text().count("SIGKILL")
