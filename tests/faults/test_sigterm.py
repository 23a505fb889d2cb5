"""Asked to stop under load, a process finishes what it has begun, begins nothing more, and goes in time."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime

import pytest
from sqlalchemy import text

from tests.eventually import eventually
from tests.faults import books
from tests.faults.conftest import Settled
from tests.faults.crowd import Link, Visit, arriving, created, open_link, register_over_http
from tests.integration.marketplace import Marketplace

GRACE = 10
LAST_BATCH = {
    "vendor.consumer": text("SELECT max(received_at) FROM inbox"),
    "identity.relay": text("SELECT max(recorded_at) FROM outbox WHERE published_at IS NOT NULL"),
}


@pytest.fixture(scope="module")
def link(quiet_marketplace: Marketplace) -> Link:
    made = open_link(quiet_marketplace)
    quiet_marketplace.start("vendor.consumer", "identity.relay")
    return made


def test_sigterm_under_load_to_relay_and_consumer(quiet_marketplace: Marketplace, link: Link, settled: Settled) -> None:
    place, slowest = quiet_marketplace, 0.0
    with arriving(place, 4000, link, pause=0.1):
        for name in ("vendor.consumer", "identity.relay") * 2:
            before = books.read(place).outcomes
            eventually(lambda: books.read(place).outcomes > before, timeout=60)  # noqa: B023
            ended = place.stop(name)[name]
            assert ended.code == 0
            assert last_begun(place, name) <= told_to_stop(place, name)
            slowest = max(slowest, ended.seconds)
            place.start(name)
    assert slowest < GRACE
    settled(place, stops=4, slowest_stop=round(slowest, 2))


def test_sigterm_under_load_to_web(quiet_marketplace: Marketplace, link: Link, settled: Settled) -> None:
    place, visits = quiet_marketplace, list[Visit]()
    place.start("identity.web")
    working = threading.Thread(target=lambda: visits.extend(register_over_http(place, 150, link)))
    working.start()
    for _ in range(2):
        time.sleep(1)
        ended = place.stop("identity.web")["identity.web"]
        assert ended.code == 0
        assert ended.seconds < GRACE
        place.start("identity.web")
    working.join()
    answers = [answer for visit in visits for answer in visit.answers]
    assert created(visits) == 150
    assert set(answers) <= {201, "ConnectError"}, "what was begun was not finished"
    settled(place, over_http=150, stops=2)


def last_begun(place: Marketplace, name: str) -> datetime:
    """When the last batch was begun that the process ever did."""
    room = place.vendor if name.startswith("vendor") else place.identity
    with room.db.transaction() as session:
        moment: datetime = session.execute(LAST_BATCH[name]).scalar_one()
        return moment


def told_to_stop(place: Marketplace, name: str) -> datetime:
    """When the process knew that it was to stop."""
    lines = place.process(name).output.read_text().splitlines()
    said = [json.loads(line) for line in lines if '"process.stopping"' in line]
    return datetime.fromisoformat(said[-1]["timestamp"])
