"""What further choices would show is counted among the newest, and said to be of at least so many."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.catalog.domain import categories, facets
from services.catalog.domain.wanting import Wanted
from services.catalog.models import Category, Vendor
from services.catalog.tests import building
from services.catalog.tests.building import HOUR, NOON

Shelf = tuple[Vendor, Vendor, Category]


@pytest.fixture
def shelf(session: Session) -> Shelf:
    """Two old bowls of one vendor, three newer ones of another, and hidden ones that are newer still."""
    old, new = building.vendor(session), building.vendor(session)
    suspended = building.vendor(session, status="suspended")
    top = categories.create(session, {"name": "Kitchen"}, NOON)
    below = categories.create(session, {"name": "Bowls", "parent_id": top.id}, NOON)

    def bowl(owner: Vendor, at: datetime, **more: Any) -> None:
        building.product(session, owner.id, title="Facet bowl", category_id=below.id, now=at, **more)

    for n in range(2):
        bowl(old, NOON + n * HOUR, price={"amount": 100, "currency": "EUR"})
    for n in range(3):
        bowl(new, NOON + (5 + n) * HOUR, price={"amount": 900, "currency": "EUR"})
        bowl(suspended, NOON + (9 + n) * HOUR)
        bowl(old, NOON + (9 + n) * HOUR, visibility="linked")
    return old, new, top


def told(session: Session, most: int, **wanted: Any) -> dict[str, Any]:
    return facets.counts(session, None, Wanted(**wanted), most)


def by_name(counts: list[dict[str, Any]]) -> dict[str, int]:
    return {each["slug"]: each["count"] for each in counts}


def test_where_there_are_few_all_are_counted(session: Session, shelf: Shelf) -> None:
    old, new, top = shelf
    found = told(session, 6, q="facet bowl")
    assert by_name(found["vendors"]) == {old.slug: 2, new.slug: 3}
    assert by_name(found["categories"])[top.slug] == 5
    assert found["prices"] == [{"currency": "EUR", "least": 100, "most": 900, "count": 5}]
    assert found["at_least"] == []


def test_where_there_are_more_the_newest_are_and_it_says_so(session: Session, shelf: Shelf) -> None:
    old, new, top = shelf
    found = told(session, 4, q="facet bowl")
    assert by_name(found["vendors"]) == {old.slug: 1, new.slug: 3}
    assert by_name(found["categories"])[top.slug] == 4
    assert found["at_least"] == ["categories", "vendors", "prices", "in_stock"]


def test_each_choice_has_a_bound_of_its_own(session: Session, shelf: Shelf) -> None:
    old, new, top = shelf
    found = told(session, 4, q="facet bowl", vendor=new.slug, category=top.slug)
    assert by_name(found["vendors"]) == {old.slug: 1, new.slug: 3}
    assert by_name(found["categories"])[top.slug] == 3
    assert found["at_least"] == ["vendors"]
    without_words = told(session, 4, category=top.slug)
    assert by_name(without_words["vendors"]) == {old.slug: 1, new.slug: 3}
    assert set(without_words["at_least"]) >= {"vendors", "prices"}
