"""Every row once, in order, whatever is inserted meanwhile; a cursor from elsewhere is refused by name."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask import Flask
from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.auth import anyone
from shared.kit.database import Base, Database
from shared.kit.errors import Invalid
from shared.kit.operations import Blueprint
from shared.kit.paging import PageQuery, page_of, take
from shared.kit.settings import Settings
from shared.kit.stated import answers, asks
from shared.kit.tests.shop import open_shop
from shared.kit.web import Answer, respond_page, transaction

START = datetime(2026, 1, 1, tzinfo=UTC)


class Letter(Base):
    __tablename__ = "letter"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]
    title: Mapped[str]
    rank: Mapped[int]


class LetterView(Schema):
    title = fields.String(required=True)


class LetterQuery(PageQuery):
    title = fields.String(load_default=None)


letters = Blueprint("letters", __name__)


@letters.get("/letters")
@anyone
@asks(LetterQuery)
@answers(page_of(LetterView))
def listed(query: dict[str, Any]) -> Answer:
    """List letters, newest first."""
    statement = select(Letter).where(Letter.title.contains(query["title"] or ""))
    with transaction() as session:
        order = (Letter.sent_at, Letter.id)
        page = take(session, statement, order, cursor=query["cursor"], limit=query["limit"])
    return respond_page(page, LetterView())


@pytest.fixture(scope="module")
def shop(settings: Settings, database: Database) -> Flask:
    with database.transaction() as session:
        # Sixes share a moment, so that the id has to decide.
        moments = [START + timedelta(microseconds=number // 6) for number in range(50)]
        session.add_all(Letter(id=UUID(int=i), sent_at=at, title=f"n{i}", rank=i) for i, at in enumerate(moments))
    return open_shop(settings, database, [letters])


def crafted(value: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()


def test_following_the_cursors_shows_every_row_once_in_order(shop: Flask) -> None:
    client, seen, cursor = shop.test_client(), [], ""
    while True:
        page = client.get(f"/letters?limit=7{cursor}").json
        assert page is not None
        seen += [item["title"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [f"n{number}" for number in reversed(range(50))]


def test_the_link_header_leads_to_the_next_page_and_keeps_the_filters(shop: Flask) -> None:
    client = shop.test_client()
    first = client.get("/letters?limit=2&title=n1")
    link = first.headers["Link"]
    assert link.startswith("<?")
    assert link.endswith('>; rel="next"')
    second = client.get("/letters" + link[1 : link.index(">")]).json
    assert second is not None
    assert [item["title"] for item in second["items"]] == ["n17", "n16"]
    assert "Link" not in client.get("/letters?limit=100").headers


def test_the_default_is_twenty_newest(shop: Flask) -> None:
    page = shop.test_client().get("/letters").json
    assert page is not None
    assert len(page["items"]) == 20


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", "99999999999999999999"])
def test_a_bad_limit_is_named(shop: Flask, limit: str) -> None:
    answer = shop.test_client().get(f"/letters?limit={limit}")
    assert (answer.status_code, answer.get_json(force=True)["errors"][0]["field"]) == (422, "limit")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%00",
        "!!!!",
        "ümläut",
        crafted({}),
        crafted([]),
        crafted(["2026-01-01T00:00:00Z"]),
        crafted(["2026-01-01T00:00:00Z", "no-uuid"]),
        crafted(["2026-01-01T00:00:00", str(UUID(int=1))]),
        crafted(["never", str(UUID(int=1))]),
        crafted([1, 2]),
        crafted([None, None]),
        crafted([["2026-01-01T00:00:00Z"], str(UUID(int=1))]),
        "A" * 2000,
    ],
)
def test_a_bad_cursor_is_named(shop: Flask, cursor: str) -> None:
    answer = shop.test_client().get(f"/letters?cursor={cursor}")
    assert (answer.status_code, answer.get_json(force=True)["errors"][0]["field"]) == (422, "cursor")


def test_ascending_by_text_and_number_and_rows_of_columns(shop: Flask, database: Database) -> None:
    statement = select(Letter.rank, Letter.title)
    with database.transaction() as session:
        first = take(session, statement, (Letter.rank, Letter.title), limit=3, descending=False)
        second = take(
            session, statement, (Letter.rank, Letter.title), cursor=first.next_cursor, limit=3, descending=False
        )
    assert [row.rank for row in (*first.items, *second.items)] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("value", [2**63, -(2**63), True, 1.5, "1", None])
def test_a_number_that_no_column_holds_is_no_cursor(shop: Flask, database: Database, value: Any) -> None:
    with database.transaction() as session, pytest.raises(Invalid):
        take(session, select(Letter), (Letter.rank, Letter.id), cursor=crafted([value, str(UUID(int=1))]))


def test_a_text_that_no_column_holds_is_no_cursor(shop: Flask, database: Database) -> None:
    with database.transaction() as session, pytest.raises(Invalid):
        take(session, select(Letter), (Letter.title, Letter.id), cursor=crafted(["a\x00", str(UUID(int=1))]))
