"""The consumer dies between its commit and its ack: what was applied comes again, and changes nothing."""

from __future__ import annotations

from tests.eventually import eventually
from tests.faults.conftest import Settled
from tests.faults.crowd import open_link, register_many
from tests.integration.marketplace import Marketplace

KILLS = 5


def test_consumer_killed_between_commit_and_ack(quiet_marketplace: Marketplace, settled: Settled) -> None:
    place = quiet_marketplace
    link = open_link(place)
    consumer = place.process("vendor.consumer")
    place.start("vendor.consumer", FAILPOINTS="consumer.committed:2")
    place.start("identity.relay")
    register_many(place, 3000, link)
    for kill in range(KILLS):
        eventually(lambda: not consumer.running, timeout=60)
        assert consumer.child.returncode == -9
        consumer.start(**({"FAILPOINTS": "consumer.committed:2"} if kill < KILLS - 1 else {}))
    settled(place, kills=KILLS)
