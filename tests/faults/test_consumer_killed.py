"""The consumer dies around its commit: what was applied comes again and changes nothing, what was not is not lost."""

from __future__ import annotations

import pytest

from tests.eventually import eventually
from tests.faults.conftest import Settled
from tests.faults.crowd import open_link, register_many
from tests.integration.marketplace import Marketplace

KILLS = 3


@pytest.mark.parametrize("moment", ["outbox.written", "consumer.committed"], ids=["before_commit", "before_ack"])
def test_consumer_killed(quiet_marketplace: Marketplace, settled: Settled, moment: str) -> None:
    place = quiet_marketplace
    consumer = place.process("vendor.consumer")
    place.start("vendor.consumer", FAILPOINTS=f"{moment}:2")
    if not place.process("identity.relay").running:
        place.start("identity.relay")
    link = open_link(place, f"Vendor of {moment}")
    register_many(place, 2000, link)
    for kill in range(KILLS):
        eventually(lambda: not consumer.running, timeout=60)
        assert consumer.child.returncode == -9
        consumer.start(**({"FAILPOINTS": f"{moment}:2"} if kill < KILLS - 1 else {}))
    settled(place, kills=KILLS)
    consumer.kill()
