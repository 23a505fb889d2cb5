"""The relay dies between the broker's confirm and its mark: what was sent is sent again, and taken once."""

from __future__ import annotations

from tests.eventually import eventually
from tests.faults.conftest import Settled
from tests.faults.crowd import open_link, register_many
from tests.integration.marketplace import Marketplace

BATCH = 500


def test_relay_killed_between_confirm_and_mark(quiet_marketplace: Marketplace, settled: Settled) -> None:
    place, kills = quiet_marketplace, 0
    link = open_link(place)
    register_many(place, 6 * BATCH, link)
    place.start("vendor.consumer")
    relay = place.process("identity.relay")
    for _ in range(5):
        relay.start(FAILPOINTS="relay.confirmed:2")
        eventually(lambda: not relay.running, timeout=60)
        assert relay.child.returncode == -9
        kills += 1
    relay.start()
    settled(place, kills=kills, sent_twice=kills * BATCH)
