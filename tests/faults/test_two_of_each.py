"""Two relays and two consumers at once, and the death of those in charge: still once each, and in order."""

from __future__ import annotations

from sqlalchemy import text

from tests.eventually import eventually
from tests.faults import books
from tests.faults.conftest import Settled
from tests.faults.crowd import arriving, open_link, rename_newest
from tests.integration.marketplace import Marketplace

OUT_OF_ORDER = text("""
    SELECT count(*) FROM outbox a JOIN outbox b USING (aggregate_id)
    WHERE a.aggregate_version < b.aggregate_version AND a.log_position > b.log_position
""")


def test_two_relays_and_two_consumers_at_once(quiet_marketplace: Marketplace, settled: Settled) -> None:
    place = quiet_marketplace
    place.start("vendor.consumer", "vendor.consumer.2")
    place.start("identity.relay")
    place.start("identity.relay.2")
    link = open_link(place)
    with arriving(place, 4000, link):
        eventually(lambda: books.read(place).outcomes > 500, timeout=60)
        rename_newest(place, 500)
        place.kill("identity.relay")
        rename_newest(place, 500)
        eventually(lambda: books.read(place).outcomes > 1500, timeout=60)
        place.kill("vendor.consumer")
        rename_newest(place, 500)
    settled(place, kills=2, renamed=1500)
    with place.identity.db.transaction() as session:
        assert session.scalar(OUT_OF_ORDER) == 0
        people = {tuple(row) for row in session.execute(text("SELECT id, name, version FROM user_account"))}
    with place.vendor.db.transaction() as session:
        assert {tuple(row) for row in session.execute(text("SELECT id, name, version FROM customer"))} == people
