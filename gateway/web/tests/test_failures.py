"""Pages of failures help: what happened, what is missing, when to try again, and the way back."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.web import failures
from gateway.web.client import Refused, ServiceDown
from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.stand_in import World

WAYS_ON = 'href="/">Go to the home page'


@pytest.fixture
def failing(app: Flask) -> Visitor:
    """Somebody who meets whatever is raised at /fail/<status>, by GET and by POST."""

    @app.route("/fail/<int:status>", methods=["GET", "POST"])
    def fail(status: int) -> str:
        if status == 503:
            raise ServiceDown("catalog")
        raise Refused(status, {"type": "/problems/too-few", "detail": "There is not enough of it."}, 7)

    return Visitor(app.test_client())


@pytest.mark.parametrize(
    ("status", "title", "more"),
    [
        (403, "This is not yours to open", ""),
        (404, "There is nothing here", 'href="/search">Look for products'),
        (409, "That has changed meanwhile", "There is not enough of it."),
        (412, "That has changed meanwhile", "There is not enough of it."),
        (413, "That is too much", ""),
        (422, "Something in it is not right", "There is not enough of it."),
        (429, "A little slower, please", "Try again in 7 seconds."),
        (503, "A short break", "What is missing: products, categories and stock. The rest of the market works."),
    ],
)
def test_a_failure_says_what_helps(failing: Visitor, status: int, title: str, more: str) -> None:
    text = failing.open(f"/fail/{status}")
    assert failing.status == status
    assert f"<h1>{title}</h1>" in text
    assert more in text
    assert WAYS_ON in text
    assert "Reference for support:" in text
    assert ("Retry-After" in failing.page.headers) == ("seconds" in text)


def test_who_sent_a_form_finds_the_way_back_to_it(failing: Visitor, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    back = {"Referer": "http://localhost/vendor/products?q=bread"}
    failing.page = failing.client.post("/fail/503", headers=back)
    assert 'href="/vendor/products?q=bread">Back to where you were' in failing.text
    failing.page = failing.client.post("/fail/503", headers={"Referer": "http://elsewhere.example/x"})
    assert "Back to where you were" not in failing.text
    failing.page = failing.client.get("/fail/503", headers=back)
    assert 'href="/fail/503">Try again' in failing.text


def test_who_sends_too_much_reads_how_much_is_taken(customer: Visitor) -> None:
    customer.open("/profile")
    text = customer.send("/profile/name", name="x" * 70_000)
    assert customer.status == 413
    assert "It takes up to 64 KB at once." in text


def test_a_failure_is_told_in_german(failing: Visitor) -> None:
    text = failing.open("/fail/503", Accept_Language="de")
    assert "Es fehlt: Produkte, Kategorien und Bestände. Der Rest des Marktplatzes geht." in text
    assert "Versuchen Sie es in 5 Sekunden noch einmal." in text
    assert "Davon ist nicht genug da." in failing.open("/fail/409", Accept_Language="de")


def test_every_service_that_a_page_asks_has_a_name_for_people(app: Flask) -> None:
    assert failures.PARTS.keys() == app.extensions["services"].keys()


def test_a_failure_while_identity_is_down_offers_another_try(
    app: Flask, world: World, ways: dict[str, Breakable]
) -> None:
    world.user("Ada Byron", "ada@x.example")
    world.token_seconds = 10
    ada = Visitor(app.test_client()).sign_in("ada@x.example")
    ways["identity"].down = True
    text = ada.open("/profile")
    assert ada.status == 503
    assert "What is missing: signing in and accounts." in text
    assert 'href="/profile">Try again' in text
