"""Two relays and two consumers at once, and the death of those in charge: still once each, and in order."""

from __future__ import annotations

from sqlalchemy import text

from tests.eventually import eventually
from tests.faults import books
from tests.faults.conftest import Settled
from tests.faults.crowd import arriving, open_link
from tests.integration.marketplace import Marketplace

OUT_OF_ORDER = text("""
    SELECT count(*) FROM outbox a JOIN outbox b USING (aggregate_id)
    WHERE a.aggregate_version < b.aggregate_version AND a.log_position > b.log_position
""")


def test_two_relays_and_two_consumers_at_once(quiet_marketplace: Marketplace, settled: Settled) -> None:
    place = quiet_marketplace
    link = open_link(place)
    place.start("vendor.consumer", "vendor.consumer.2")
    place.start("identity.relay")
    place.start("identity.relay.2")
    with arriving(place, 4000, link):
        eventually(lambda: books.read(place).outcomes > 500, timeout=60)
        place.kill("identity.relay")
        eventually(lambda: books.read(place).outcomes > 1500, timeout=60)
        place.kill("vendor.consumer")
    settled(place, kills=2)
    with place.identity.db.transaction() as session:
        assert session.scalar(OUT_OF_ORDER) == 0
