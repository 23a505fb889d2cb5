"""In which language a page is, who decides that, and how times, numbers and amounts are written then."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from gateway.web import formats, languages
from gateway.web.money import NotMoney, minor, typed
from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.stand_in import World

NOW = datetime(2026, 11, 20, 14, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "tag"),
    [
        ("", "en"),
        ("fr", "en"),
        ("de", "de_DE"),
        ("de-AT,de;q=0.9,en;q=0.8", "de_AT"),
        ("fr-CH,de;q=0.4,en;q=0.5", "en"),
        ("en-US,en;q=0.9,de;q=0.5", "en_US"),
        ("de;q=0,en-GB", "en_GB"),
        ("tlh,x" * 400, "en"),
    ],
)
def test_a_browser_asks_for_a_language_and_a_region(app: Flask, asked: str, tag: str) -> None:
    with app.test_request_context(headers={"Accept-Language": asked}):
        assert str(languages.locale()) == tag


def test_a_page_says_in_which_language_it_is_and_what_that_hangs_on(visitor: Visitor) -> None:
    text = visitor.open("/login", Accept_Language="de-CH")
    assert '<html lang="de">' in text
    assert visitor.page.headers["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(visitor.page.vary)


def test_what_was_chosen_goes_before_what_the_browser_asks_for(visitor: Visitor) -> None:
    visitor.open("/search?q=bread", Accept_Language="en")
    visitor.send("/language", language="de")
    assert visitor.page.headers["Location"] == "/search?q=bread"
    assert '<html lang="de">' in visitor.open("/login", Accept_Language="en-US")
    visitor.send("/language", language="en")
    assert '<html lang="en">' in visitor.open("/login", Accept_Language="de")


def test_only_our_own_pages_choose_and_only_what_there_is(visitor: Visitor) -> None:
    for data, headers in (({"language": "fr"}, {}), ({"language": "de"}, {"Sec-Fetch-Site": "cross-site"})):
        assert visitor.client.post("/language", data=data, headers=headers).status_code == 400
    away = visitor.client.post("/language", data={"language": "de", "back": "//elsewhere.example"})
    assert away.headers["Location"] == "/"


def test_a_page_that_nobody_is_signed_in_on_needs_no_session_for_the_switch(visitor: Visitor) -> None:
    visitor.open("/password/reset?code=x")
    before = visitor.client.get_cookie("market_session")
    visitor.client.delete_cookie("market_session")
    visitor.page = visitor.client.post("/language", data={"language": "de"})
    assert before is not None
    assert visitor.client.get_cookie("market_session") is None
    assert visitor.status == 303


def test_the_choice_of_who_is_signed_in_is_kept_with_their_account(customer: Visitor, world: World) -> None:
    customer.open("/profile")
    customer.send("/language", language="de")
    assert world.users["ada@x.example"]["locale"] == "de"


def test_a_choice_stands_while_identity_is_down(customer: Visitor, ways: dict[str, Breakable]) -> None:
    ways["identity"].down = True
    customer.send("/language", language="de")
    assert customer.status == 303
    assert '<html lang="de">' in customer.open("/search")


def test_whoever_signs_in_elsewhere_reads_their_own_language(app: Flask, world: World) -> None:
    world.user("Grete Hermann", "grete@x.example")["locale"] = "de-AT"
    elsewhere = Visitor(app.test_client()).sign_in("grete@x.example")
    assert '<html lang="de">' in elsewhere.open("/profile", Accept_Language="en-US")


def test_a_registration_tells_the_language_of_its_page(visitor: Visitor, world: World) -> None:
    visitor.open("/register", Accept_Language="de-DE")
    fields = {"name": "Grete", "email": "grete@x.example", "password": "a long walk by the sea"}
    visitor.page = visitor.client.post(
        "/register",
        data={**fields, **_hidden(visitor)},
        headers={"Accept-Language": "de-DE"},
    )
    assert visitor.status == 303
    assert world.users["grete@x.example"]["locale"] == "de"


def _hidden(visitor: Visitor) -> dict[str, str]:
    return dict(re.findall(r'name="(csrf_token|key)"[^>]* value="([^"]*)"', visitor.text))


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", ["€1,234.56", "−€5.00", "¥1,200", "KWD1.234", "12.5%", "3 Nov 2026", "November 2026", "3 hours ago"]),
        (
            "en-US",
            ["€1,234.56", "−€5.00", "¥1,200", "KWD1.234", "12.5%", "Nov 3, 2026", "November 2026", "3 hours ago"],
        ),
        (
            "de",
            ["1.234,56 €", "−5,00 €", "1.200 ¥", "1,234 KWD", "12,5 %", "03.11.2026", "November 2026", "vor 3 Stunden"],
        ),
    ],
)
def test_amounts_and_dates_are_written_as_the_reader_is_used_to(app: Flask, tag: str, written: list[str]) -> None:
    day = datetime(2026, 11, 3, tzinfo=UTC)
    with app.test_request_context(headers={"Accept-Language": tag}):
        told = [
            formats.price({"amount": 123_456, "currency": "EUR"}),
            formats.less({"amount": 500, "currency": "EUR"}),
            formats.price({"amount": 1200, "currency": "JPY"}),
            formats.price({"amount": 1234, "currency": "KWD"}),
            formats.percent(1250),
            formats.dated(day.date()),
            formats.month(day.date()),
            formats.ago((NOW - timedelta(hours=3, minutes=59)).isoformat(), NOW).striptags(),
        ]
    assert [text.replace("\xa0", " ") for text in told] == written


def test_a_time_keeps_its_utc_for_machines(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "de"}):
        text = formats.day("2026-11-20T15:05:06+01:00")
    assert text == '<time datetime="2026-11-20T14:05:06+00:00" title="20.11.2026, 14:05 UTC">20.11.2026</time>'


@pytest.mark.parametrize(
    ("tag", "text", "currency", "amount"),
    [
        ("de", "12,50", "EUR", 1250),
        ("de", "12.50", "EUR", 1250),
        ("de", "1.234", "EUR", 123_400),
        ("de", "1.234,5", "EUR", 123_450),
        ("de", "1.234.567,89", "EUR", 123_456_789),
        ("de", "1.234", "KWD", 1234),
        ("de", "1,234", "KWD", 1234),
        ("de", "1.200", "JPY", 1200),
        ("en", "1,234", "EUR", 123_400),
        ("en", "1,234.50", "EUR", 123_450),
        ("en", "12,50", "EUR", 1250),
        ("de-CH", "1’234.50", "CHF", 123_450),
    ],
)
def test_amounts_are_read_as_they_are_typed_there(app: Flask, tag: str, text: str, currency: str, amount: int) -> None:
    with app.test_request_context(headers={"Accept-Language": tag}):
        assert minor(text, currency) == amount


@pytest.mark.parametrize("text", ["", "1.23.4", "1,2,3", "1.2.345", "zwölf", "1e3", "-1", ".", "1234.567,8.9"])
def test_what_is_no_amount_is_refused(app: Flask, text: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "de"}), pytest.raises(NotMoney):
        minor(text, "EUR")


def test_a_number_may_begin_with_its_point(app: Flask) -> None:
    with app.test_request_context():
        assert (typed(".5"), typed("5."), typed("5")) == (Decimal("0.5"), Decimal(5), Decimal(5))
