"""The web process dies around its commit: whoever sends the same again has one account and one mapping."""

from __future__ import annotations

import threading

from sqlalchemy import text

from tests.faults.conftest import Settled
from tests.faults.crowd import Link, Visit, arriving, created, open_link, register_over_http
from tests.integration.marketplace import Marketplace

VISITS = 60


def test_web_killed_around_its_commit(quiet_marketplace: Marketplace, settled: Settled) -> None:
    place = quiet_marketplace
    link = open_link(place)
    place.start("vendor.consumer", "identity.relay")
    visits: list[Visit] = []
    with arriving(place, 2000, link):
        for moment in ("outbox.written:5", "outbox.committed:5"):
            place.start("identity.web", FAILPOINTS=moment)
            visits += register_over_http(place, VISITS, link)
            place.kill("identity.web")
        visits += _while_everything_is_killed(place, link)
    deaths = place.process("identity.web").output.read_text().count("SIGKILL")
    assert created(visits) == len(visits)
    assert deaths >= 2 * VISITS // 5 - 4
    assert _accounts(place, visits) == sorted(visit.user_id for visit in visits)
    assert any(len(visit.answers) > 1 for visit in visits)
    settled(place, over_http=len(visits), kills=deaths + 2)


def _while_everything_is_killed(place: Marketplace, link: Link) -> list[Visit]:
    """Register while the whole process group dies at moments of nobody's choosing."""
    found: list[Visit] = []
    working = threading.Thread(target=lambda: found.extend(register_over_http(place, VISITS, link)))
    place.start("identity.web")
    working.start()
    for _ in range(2):
        working.join(0.5)
        place.kill("identity.web")
        place.start("identity.web")
    working.join()
    return found


def _accounts(place: Marketplace, visits: list[Visit]) -> list[str]:
    ask = text("SELECT id FROM user_account WHERE email = ANY(CAST(:emails AS text[]))")
    with place.identity.db.transaction() as session:
        return sorted(map(str, session.scalars(ask, {"emails": [visit.email for visit in visits]})))
