"""A consumer that dies again and again, until the broker gives up on its messages: they are drained, not lost."""

from __future__ import annotations

from sqlalchemy import text

from shared.events.identity import CustomerCreated
from shared.messaging.intake import Intake
from shared.messaging.topology import DELIVERY_LIMIT, Broker
from tests.eventually import eventually
from tests.faults import books
from tests.faults.conftest import Settled
from tests.faults.crowd import open_link, register_many
from tests.integration.marketplace import Marketplace

PREFETCH = 800


def test_crash_loop_until_the_brokers_delivery_limit(quiet_marketplace: Marketplace, settled: Settled) -> None:
    place = quiet_marketplace
    broker = Broker(place.broker_url, place.namespace)
    link = open_link(place)
    place.start("vendor.consumer")
    place.stop("vendor.consumer")
    place.start("identity.relay")
    register_many(place, 2000, link)
    eventually(lambda: books.read(place).unpublished == 0, timeout=60)
    crashes = 0
    while not _given_up(broker):
        crash(broker)
        crashes += 1
        assert crashes < 3 * DELIVERY_LIMIT
    given_up = eventually(lambda: _given_up(broker))
    place.start("vendor.consumer")
    settled(place, crashes=crashes, given_up=given_up, timeout=90)
    with place.vendor.db.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM inbox WHERE attempts > 0")) >= given_up


def crash(broker: Broker) -> None:
    """Take as much as a consumer holds at once, and go without a word."""
    intake = Intake(broker, "vendor", [CustomerCreated], prefetch=PREFETCH)
    intake.start()
    eventually(lambda: intake._arrived.qsize() >= PREFETCH or _given_up(broker) > 0, timeout=30)
    intake._hang_up = lambda *_: None  # type: ignore[method-assign]
    intake.stop()


def _given_up(broker: Broker) -> int:
    connection = broker.connect()
    try:
        queue = broker.dead_letters("vendor")(connection.default_channel)
        return int(queue.queue_declare(passive=True).message_count)
    finally:
        connection.release()
