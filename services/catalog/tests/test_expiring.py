"""Reservations whose time is over come back once, unless their orders stand."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from services.catalog.domain import reservations
from services.catalog.expiring import Ended, end_overdue
from services.catalog.tests.building import NOON
from services.catalog.tests.stocking import asked, level, said, stocked
from shared.inspection.client import InternalClient, Services
from shared.kit.database import Database

END = NOON + timedelta(minutes=15)
LATE = END + timedelta(minutes=1)
NOBODY = Services({})


def ordering(answer: Mapping[str, str] | None) -> Services:
    """An ordering service that knows the status of these orders, or that does not answer."""

    def respond(request: httpx.Request) -> httpx.Response:
        if answer is None:
            return httpx.Response(503)
        wanted = request.url.params["ids"].split(",")
        return httpx.Response(
            200, json={"items": [{"order_id": i, "status": answer[i]} for i in wanted if i in answer]}
        )

    client = InternalClient("ordering", "http://ordering", "token", httpx.MockTransport(respond))
    return Services({"ordering": client})


@pytest.fixture
def held(database: Database) -> tuple[UUID, list[UUID]]:
    """A product, and two orders that have put one of it aside each."""
    with database.transaction() as session:
        bowl = stocked(session, 5).id
        requests = [asked({bowl: 1}, until=END) for _ in "12"]
        for request in requests:
            reservations.reserve(session, [request], NOON)
    return bowl, [request.event.order_id for request in requests]


def test_what_is_overdue_comes_back_once(database: Database, held: tuple[UUID, list[UUID]]) -> None:
    bowl, orders = held
    assert end_overdue(database, NOBODY, END) == Ended()
    assert [end_overdue(database, NOBODY, LATE) for _ in "12"] == [Ended(expired=2), Ended()]
    with database.transaction() as session:
        assert level(session, bowl) == (5, 0)
        assert [len(said(session, order, "stock.released")) for order in orders] == [1, 1]


def test_what_stands_is_sold_though_the_news_of_it_is_late(database: Database, held: tuple[UUID, list[UUID]]) -> None:
    bowl, (stands, fell) = held
    others = ordering({str(stands): "confirmed", str(fell): "pending"})
    assert end_overdue(database, others, LATE) == Ended(expired=1, sold=1)
    with database.transaction() as session:
        assert level(session, bowl) == (4, 0)


def test_while_ordering_is_silent_everything_is_kept(database: Database, held: tuple[UUID, list[UUID]]) -> None:
    bowl, _ = held
    assert end_overdue(database, ordering(None), LATE) == Ended(kept=2)
    with database.transaction() as session:
        assert level(session, bowl) == (5, 2)
    assert end_overdue(database, ordering({}), LATE) == Ended(expired=2)
