"""Nobody was bound when events went out: that is recorded, and they are sent once somebody is."""

from __future__ import annotations

from tests.eventually import eventually
from tests.faults import books
from tests.faults.conftest import Settled
from tests.faults.crowd import open_link, register_many
from tests.integration.marketplace import Marketplace


def test_missing_binding_then_backfill(quiet_marketplace: Marketplace, settled: Settled) -> None:
    place = quiet_marketplace
    link = open_link(place)
    register_many(place, 2500, link)
    place.start("identity.relay")
    eventually(lambda: books.read(place).unpublished == 0, timeout=60)
    alone = books.read(place)
    assert (alone.unroutable, alone.outcomes, alone.lost) == (2501, 0, alone.registrations)
    assert "outbox.unroutable" in place.process("identity.relay").tail()
    place.start("vendor.consumer")
    released = place.job("identity", "release-unroutable", "--json")
    assert released == {"released": 2501}
    settled(place, released=2501)
