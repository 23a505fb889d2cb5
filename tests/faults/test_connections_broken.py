"""Connections to the broker are reset in mid-frame, or go silent: nothing waits for ever, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.eventually import eventually
from tests.faults.conftest import Settled
from tests.faults.crowd import Link, arriving, open_link, register_many
from tests.faults.proxy import Proxy
from tests.infrastructure.plugin import ServiceDatabase
from tests.integration.fixtures import opened
from tests.integration.marketplace import Marketplace

CUTS = 40


@pytest.fixture(scope="module")
def proxy(broker_url: str) -> Iterator[Proxy]:
    made = Proxy(urlsplit(broker_url).port or 5672)
    yield made
    made.close()


@pytest.fixture(scope="module")
def place(
    service_database: ServiceDatabase,
    broker_url: str,
    broker_namespace: str,
    proxy: Proxy,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Marketplace]:
    cut_line = broker_url.replace(f":{urlsplit(broker_url).port}", f":{proxy.port}")
    with opened(service_database, cut_line, broker_namespace, tmp_path_factory.mktemp("processes")) as made:
        made.start("vendor.consumer", "identity.relay")
        yield made


@pytest.fixture(scope="module")
def link(place: Marketplace) -> Link:
    return open_link(place)


def test_connections_reset(place: Marketplace, link: Link, proxy: Proxy, settled: Settled) -> None:
    with arriving(place, 4000, link):
        proxy.cut_at_random(3_000, 300_000)
        proxy.reset()
        eventually(lambda: proxy.cuts >= CUTS, timeout=60)
        proxy.calm()
    settled(place, cuts=proxy.cuts)


def test_connections_stalled(place: Marketplace, link: Link, proxy: Proxy, settled: Settled) -> None:
    register_many(place, 1000, link)
    assert proxy.stall() >= 2
    register_many(place, 1000, link)
    settled(place)
