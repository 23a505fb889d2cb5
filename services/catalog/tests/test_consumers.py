"""What becomes of vendor's events: any order, any number of times, and every change remembered."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.models import Link, Vendor
from services.catalog.tests import building
from services.catalog.tests.building import HOUR, NOON, tell
from shared.events.ids import new_id

V, U, C, PAIR = new_id(), new_id(), new_id(), new_id()
HISTORY: list[Any] = [
    building.approved(V, U, name="First"),
    building.suspended(V, U, version=2, at=NOON),
    building.updated(V, U, "suspended", version=3, at=NOON + HOUR, name="Second"),
    building.reactivated(V, U, version=4, at=NOON + 2 * HOUR),
]


def rows(session: Session, table: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2, 3"))]  # noqa: S608


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_the_newest_name_and_the_newest_standing_win_in_any_order(session: Session, order: tuple[int, ...]) -> None:
    tell(session, *(HISTORY[each] for each in order * 2))
    vendor = session.get_one(Vendor, V, populate_existing=True)
    assert (vendor.name or "").startswith("Second")
    assert (vendor.status, vendor.version, vendor.named_version) == ("approved", 4, 3)
    statuses = [(row[1], row[2]) for row in rows(session, "vendor_status") if row[0] == V]
    assert statuses == [(1, "approved"), (2, "suspended"), (3, "suspended"), (4, "approved")]


def test_a_suspension_before_its_approval_waits_for_a_name(session: Session) -> None:
    tell(session, HISTORY[1])
    vendor = session.get_one(Vendor, V)
    assert (vendor.name, vendor.status, vendor.named_version) == (None, "suspended", 0)
    tell(session, HISTORY[0])
    session.refresh(vendor)
    assert (vendor.name is not None, vendor.status) == (True, "suspended")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_newest_word_on_a_pair_wins_in_any_order(session: Session, order: tuple[int, ...]) -> None:
    news: list[Any] = [
        building.linked(V, C, version=1, pair=PAIR, at=NOON),
        building.unlinked(V, C, version=2, pair=PAIR, at=NOON + HOUR),
        building.linked(V, C, version=3, pair=PAIR, at=NOON + 2 * HOUR),
    ]
    tell(session, *(news[each] for each in order * 2))
    link = session.get_one(Link, (V, C), populate_existing=True)
    assert (link.linked, link.since, link.version) == (True, NOON + 2 * HOUR, 3)
    assert link.event_id == news[2].id
    assert [row[2] for row in rows(session, "link_change") if row[1] == C] == [1, 2, 3]


def test_many_are_linked_at_once(session: Session) -> None:
    people = [new_id() for _ in range(50)]
    tell(session, *(building.linked(V, each, at=NOON + timedelta(seconds=1)) for each in people * 2))
    assert len([row for row in rows(session, "link") if row[0] == V]) == 50
