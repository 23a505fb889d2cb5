"""Whole categories page by page, and which matches are looked at for the best."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.catalog.domain import categories, search
from services.catalog.tests import building
from services.catalog.tests.api.conftest import Client
from services.catalog.tests.building import HOUR, NOON
from shared.kit.database import Database


def pages(client: Client, query: str) -> Iterator[list[str]]:
    """The titles of each page, from the first to the last."""
    cursor = ""
    while True:
        answer = client.get(f"/products?{query}{cursor}")
        assert answer.status_code == 200, answer.text
        yield [item["title"] for item in answer.json["items"]]
        if answer.json["next_cursor"] is None:
            return
        cursor = f"&cursor={answer.json['next_cursor']}"


def test_a_tree_of_categories_is_read_newest_first_to_its_end(client: Client, database: Database) -> None:
    with database.transaction() as session:
        top = categories.create(session, {"name": "Garden"}, NOON)
        below = [categories.create(session, {"name": f"Bed {n}", "parent_id": top.id}, NOON) for n in range(3)]
        deep = categories.create(session, {"name": "Deep bed", "parent_id": below[0].id}, NOON)
        other = categories.create(session, {"name": "Elsewhere"}, NOON)
        vendor, suspended = building.vendor(session), building.vendor(session, status="suspended")
        homes = [top.id, *(each.id for each in below), deep.id]
        for n in range(23):
            building.product(session, vendor.id, title=f"Spade {n}", category_id=homes[n % 5], now=NOON + n * HOUR)
        building.product(session, suspended.id, title="Hidden", category_id=deep.id)
        building.product(session, vendor.id, title="Other", category_id=other.id)
    for limit in (1, 4, 23, 50):
        found = [title for page in pages(client, f"category={top.slug}&limit={limit}") for title in page]
        assert found == [f"Spade {n}" for n in reversed(range(23))]
    deepest = [title for page in pages(client, f"category={below[0].slug}&limit=3") for title in page]
    assert deepest == [f"Spade {n}" for n in reversed(range(23)) if n % 5 in (1, 4)]
    assert list(pages(client, f"category={top.slug}&in_stock=true")) == [[]]
    theirs = next(pages(client, f"category={top.slug}&vendor={vendor.slug}&limit=50"))
    assert theirs == [f"Spade {n}" for n in reversed(range(23))]
    assert list(pages(client, "category=nowhere")) == [[]]


def test_words_are_looked_for_elsewhere_when_few_titles_have_them(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "NEAR", 3)
    search.statement.cache_clear()
    with database.transaction() as session:
        vendor = building.vendor(session)
        for n in range(2):
            building.product(session, vendor.id, title=f"Quince {n}", now=NOON + n * HOUR)
        for n in range(2):
            text = "Made of quince."
            building.product(session, vendor.id, title=f"Jam {n}", description=text, now=NOON + (5 + n) * HOUR)
    assert list(pages(client, "q=quince")) == [["Quince 1", "Quince 0", "Jam 1", "Jam 0"]]
    with database.transaction() as session:
        building.product(session, vendor.id, title="Quince 2", now=NOON + 2 * HOUR)
    assert list(pages(client, "q=quince")) == [["Quince 2", "Quince 1", "Quince 0"]]
    search.statement.cache_clear()


def test_the_longest_titles_and_codes_fit_beside_the_newest(client: Client, database: Database) -> None:
    letters = [chr(0x20000 + 37 * n) for n in range(132)]
    title, code = "-".join(letters[:100]), "-".join(letters[100:])
    with database.transaction() as session:
        building.product(session, building.vendor(session).id, title=title, sku=code)
    assert list(pages(client, f"q={title}")) == [[title]]
