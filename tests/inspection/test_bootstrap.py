"""A new consumer knows the whole past, and what happened while it read."""

from __future__ import annotations

import dataclasses
from typing import Any
from uuid import uuid4

import httpx
import pytest
from kombu import Connection

from shared.inspection.client import CannotAsk
from shared.kit.settings import Secret, Settings
from shared.messaging.topology import Broker
from shared.runtime.bootstrap import NothingHeard, bootstrap
from tests.inspection.world import World


@pytest.fixture
def settings(world: World, broker_url: str, broker_namespace: str) -> Settings:
    kit: Any = world.vendor.way.inner.app.extensions["kit"]  # type: ignore[attr-defined]
    changed = {"broker_url": Secret(broker_url), "broker_namespace": f"{broker_namespace}-{uuid4().hex[:6]}"}
    made: Settings = dataclasses.replace(kit.settings, **changed)
    return made


def queues(settings: Settings) -> bool:
    """Whether the consumer's queue stands."""
    with Connection(settings.broker_url) as connection:
        try:
            connection.default_channel.queue_declare(f"{settings.broker_namespace}.vendor", passive=True)
        except connection.channel_errors:
            return False
        return True


def publish_now(settings: Settings, raw: str) -> None:
    broker = Broker(settings.broker_url, settings.broker_namespace)
    with broker.connect() as connection:
        exchange = broker.exchange("identity")
        connection.Producer().publish(raw.encode(), exchange=exchange, routing_key="customer.created")


def test_an_unreachable_or_unknown_publisher_changes_nothing(world: World, settings: Settings) -> None:
    world.identity.way.down = True
    with pytest.raises(CannotAsk, match="identity cannot be asked"):
        bootstrap(world.vendor.service, settings, world.services, "identity")
    with pytest.raises(NothingHeard, match="nothing that catalog publishes"):
        bootstrap(world.vendor.service, settings, world.services, "catalog")
    assert not queues(settings)


def test_the_past_and_the_present_are_learnt_once(world: World, settings: Settings) -> None:
    link = world.link()
    past = [world.register(name, link.token) for name in "ABCDE"]
    world.publish()
    meanwhile = world.register("Meanwhile", link.token)
    raw = world.identity.scalar("SELECT envelope::text FROM outbox WHERE aggregate_id = :c", c=meanwhile)
    reads: list[str] = []

    def publish_while_it_reads(request: httpx.Request) -> None:
        if "limit=1000" in str(request.url):
            reads.append(str(request.url))
            publish_now(settings, raw)

    world.identity.way.before = publish_while_it_reads
    first = bootstrap(world.vendor.service, settings, world.services, "identity")
    assert (first.read, first.drained, len(reads)) == (5, 1, 1)
    world.identity.way.before = lambda _request: None
    second = bootstrap(world.vendor.service, settings, world.services, "identity")
    assert (second.read, second.drained) == (5, 0)
    listed = world.vendor.run("SELECT customer_id FROM vendor_customer").scalars().all()
    assert sorted(listed) == sorted([*past, meanwhile])
    assert world.vendor.scalar("SELECT count(*) FROM outbox WHERE type = 'vendor_customer.linked'") == 6
