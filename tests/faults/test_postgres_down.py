"""PostgreSQL goes away without notice: what was committed holds, what was not is done again."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from deploy.local.postgres import Postgres
from tests.faults.conftest import Settled
from tests.faults.crowd import Visit, arriving, created, open_link, register_over_http
from tests.infrastructure.databases import PostgresServer
from tests.infrastructure.migrations import migrate_by_command
from tests.integration.fixtures import opened
from tests.integration.marketplace import Marketplace


@pytest.fixture(scope="module")
def place(
    own_postgres: Postgres, broker_url: str, broker_namespace: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Marketplace]:
    server = PostgresServer(own_postgres.url())
    databases = {
        name: server.service_database(name, partial(migrate_by_command, name)) for name in ("identity", "vendor")
    }
    with opened(databases.__getitem__, broker_url, broker_namespace, tmp_path_factory.mktemp("processes")) as made:
        made.start("vendor.consumer", "identity.relay", "identity.web")
        yield made


def test_postgres_shut_down_at_once_then_killed(place: Marketplace, own_postgres: Postgres, settled: Settled) -> None:
    link = open_link(place)
    visits: list[Visit] = []
    knocking = threading.Thread(target=lambda: visits.extend(register_over_http(place, 60, link)))
    with arriving(place, 3000, link):
        knocking.start()
        for end in (shut_down_at_once, Postgres.kill):
            time.sleep(0.5)
            end(own_postgres)
            assert place.process("identity.relay").running
            assert place.process("vendor.consumer").running
            time.sleep(0.5)
            own_postgres.start()
    knocking.join()
    assert created(visits) == 60
    assert {answer for visit in visits for answer in visit.answers} <= {201, 503}
    settled(place, outages=2, over_http=60)


def shut_down_at_once(server: Postgres) -> None:
    """An immediate shutdown: sessions are cut, nothing is written, the next start recovers."""
    assert server.child
    server.child.send_signal(signal.SIGQUIT)
    server.child.wait(20)
    server.child = None
