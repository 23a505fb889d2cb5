"""A link shows whose it is, never stops anybody, and what came of it is told."""

from __future__ import annotations

import pytest

from gateway.web.tests.conftest import PASSWORD, Breakable, Visitor
from gateway.web.tests.stand_in import REASONS, SENTENCES, World
from gateway.web.words import curly

ADA = {"name": "Ada Byron", "email": "ada@x.example", "password": PASSWORD}


def test_the_page_says_whose_invitation_it_is(world: World, visitor: Visitor) -> None:
    world.link("good-one")
    text = visitor.open("/register?token=good-one")
    assert "You are invited by</p><b>Luca’s Bakery</b>" in text
    assert 'value="good-one"' in text


def test_whoever_registers_through_a_link_is_told_they_are_on_the_list(world: World, visitor: Visitor) -> None:
    world.link("good-one")
    visitor.open("/register?token=good-one")
    visitor.send("/register", **ADA)
    assert "You are on Luca’s Bakery’s list" in visitor.follow()
    assert "Welcome, Ada!" in visitor.text
    assert "hx-trigger" not in visitor.text


def test_until_the_outcome_is_there_the_page_asks_again(world: World, visitor: Visitor) -> None:
    world.link("good-one")
    world.mapping_waits = True
    visitor.open("/register?token=good-one")
    visitor.send("/register", **ADA)
    assert 'hx-get="/welcome/invitation" hx-trigger="every 1s"' in visitor.follow()
    assert "Look again" in visitor.text
    world.judge("good-one", world.users["ada@x.example"])
    fragment = visitor.open("/welcome/invitation", HX_Request="true")
    assert "You are on Luca’s Bakery’s list" in fragment
    assert "<html" not in fragment
    assert "hx-trigger" not in fragment


@pytest.mark.parametrize("reason", REASONS)
def test_a_bad_link_is_explained_and_stops_nobody(world: World, visitor: Visitor, reason: str) -> None:
    if reason != "unknown_token":
        world.link("bad-one", reason=reason)
    assert curly(SENTENCES[reason]) in visitor.open("/register?token=bad-one")
    assert "You can join all the same" in visitor.text
    visitor.send("/register", **ADA)
    assert curly(SENTENCES[reason]) in visitor.follow()
    assert "Your account is ready" in visitor.text


def test_the_token_goes_on_even_while_nobody_can_say_whose_it_is(
    world: World, visitor: Visitor, ways: dict[str, Breakable]
) -> None:
    world.link("good-one")
    ways["vendor"].down = True
    assert "cannot show whose invitation this is" in visitor.open("/register?token=good-one")
    visitor.send("/register", **ADA)
    assert "Your account is ready" in visitor.follow()
    assert world.users["ada@x.example"]
    ways["vendor"].down = False
    assert "You are on Luca’s Bakery’s list" in visitor.open("/welcome")


def test_without_a_link_an_account_is_just_an_account(world: World, visitor: Visitor) -> None:
    visitor.open("/register")
    visitor.send("/register", **ADA)
    assert "Your account is ready" in visitor.follow()
    assert "invite_token" not in str(world.asked)


def test_what_is_wrong_stands_beside_its_field_and_the_password_is_not_said_back(
    world: World, visitor: Visitor
) -> None:
    world.user("Somebody", "ada@x.example")
    visitor.open("/register?token=abc")
    text = visitor.send("/register", **ADA)
    assert visitor.status == 409
    assert 'aria-describedby="email-wrong"' in text
    assert "Somebody has an account with it." in text
    assert 'value="Ada Byron"' in text
    assert PASSWORD not in text
    assert "next=%2Fregister%3Ftoken%3Dabc" in text
    assert "<title>Error: " in text


def test_a_weak_password_and_empty_fields_are_named(visitor: Visitor) -> None:
    visitor.open("/register")
    assert "It needs at least 10 characters." in visitor.send("/register", **{**ADA, "password": "short"})
    assert visitor.status == 422
    assert "Enter your name." in visitor.send("/register", **{**ADA, "name": ""})


def test_nothing_is_lost_while_identity_is_down(visitor: Visitor, ways: dict[str, Breakable], world: World) -> None:
    visitor.open("/register?token=abc")
    ways["identity"].down = True
    text = visitor.send("/register", **ADA)
    assert visitor.status == 503
    assert "Nothing is lost" in text
    assert 'value="ada@x.example"' in text
    ways["identity"].down = False
    visitor.send("/register", **ADA)
    assert visitor.status == 303


def test_a_form_sent_twice_is_one_registration(visitor: Visitor, world: World) -> None:
    visitor.open("/register")
    form = visitor.page
    visitor.send("/register", **ADA)
    world.users.clear()
    visitor.page = form
    visitor.client.delete_cookie("access_token")
    visitor.client.delete_cookie("refresh_token")
    visitor.send("/register", **ADA)
    keys = [
        headers["idempotency-key"] for method, path, headers in world.asked if (method, path) == ("POST", "/register")
    ]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_the_services_learn_who_really_asks(world: World, app_visitor: Visitor) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "request-4711"}
    page = app_visitor.client.get("/register?token=abc", headers=headers)
    assert page.headers.get_all("X-Request-Id") == ["request-4711"]
    _, path, seen = world.asked[-1]
    assert path == "/invites/abc"
    assert seen["x-forwarded-for"] == "203.0.113.9"
    assert seen["x-request-id"] == "request-4711"


@pytest.fixture
def app_visitor(visitor: Visitor) -> Visitor:
    return visitor


def test_whoever_is_signed_in_accepts_with_one_button(world: World, customer: Visitor) -> None:
    world.link("good-one")
    text = customer.open("/register?token=good-one")
    assert "Accept Luca’s Bakery’s invitation" in text
    assert "You are signed in as <b>Ada Byron</b>" in text
    customer.send("/register/accept", token="good-one")
    assert "You are on Luca’s Bakery’s customer list" in customer.follow()
    assert [it["name"] for it in world.customers] == ["Ada Byron"]


def test_accepting_a_bad_link_says_why(world: World, customer: Visitor) -> None:
    world.link("old", reason="expired")
    customer.open("/register?token=old")
    customer.send("/register/accept", token="old")
    assert "invitation had expired." in customer.follow()


def test_signing_in_leads_back_to_the_invitation(world: World, visitor: Visitor) -> None:
    world.link("good-one")
    world.user("Ada Byron", "ada@x.example")
    visitor.open("/login?next=/register?token%3Dgood-one")
    visitor.send("/login", email="ada@x.example", password=PASSWORD)
    assert "Accept Luca’s Bakery’s invitation" in visitor.follow()
