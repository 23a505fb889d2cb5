"""The broker is away, or takes nothing: registration goes on, and everything arrives once the broker is back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.local.rabbitmq import RabbitMQ
from tests.eventually import eventually
from tests.faults.conftest import Settled
from tests.faults.crowd import Link, Visit, arriving, open_link, register_many, register_over_http
from tests.infrastructure.plugin import ServiceDatabase
from tests.integration.fixtures import opened
from tests.integration.marketplace import Marketplace


@pytest.fixture(scope="module")
def place(
    service_database: ServiceDatabase, own_broker: RabbitMQ, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Marketplace]:
    with opened(service_database, own_broker.url, "faults", tmp_path_factory.mktemp("processes")) as made:
        made.start("vendor.consumer", "identity.relay", "identity.web")
        yield made


@pytest.fixture(scope="module")
def link(place: Marketplace) -> Link:
    return open_link(place)


def test_broker_stopped_and_started_then_killed_and_started(
    place: Marketplace, link: Link, own_broker: RabbitMQ, settled: Settled
) -> None:
    visits: list[Visit] = []
    with arriving(place, 3000, link):
        for end in (own_broker.stop, own_broker.kill):
            end()
            visits += register_over_http(place, 10, link)
            eventually(lambda: place.process("identity.relay").readiness()["broker"] != "ok", timeout=30)
            assert place.process("identity.web").readiness() == {"database": "ok", "schema": "ok"}
            own_broker.start()
    assert [visit.answers for visit in visits] == [[201]] * 20
    settled(place, outages=2, over_http=len(visits))


def test_memory_alarm(place: Marketplace, link: Link, own_broker: RabbitMQ, settled: Settled) -> None:
    relay, web = place.process("identity.relay"), place.process("identity.web")
    own_broker.control("set_vm_memory_high_watermark", "absolute", "1MB")
    register_many(place, 2000, link)
    eventually(lambda: relay.readiness()["broker"] != "ok", timeout=30)
    visits = register_over_http(place, 10, link)
    assert [visit.answers for visit in visits] == [[201]] * 10
    assert web.readiness() == {"database": "ok", "schema": "ok"}
    assert relay.readiness()["broker"] != "ok"
    own_broker.control("set_vm_memory_high_watermark", "absolute", "512MB")
    settled(place, over_http=len(visits))
    eventually(lambda: relay.readiness()["broker"] == "ok", timeout=30)
