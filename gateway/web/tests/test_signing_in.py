"""Sign-ins live in cookies that scripts cannot read, renew themselves, and lead only to pages of our own."""

from __future__ import annotations

import pytest

from gateway.web.guards import safe_next
from gateway.web.tests.conftest import PASSWORD, Breakable, MakeApp, Visitor
from gateway.web.tests.stand_in import World


def test_tokens_are_out_of_reach_for_scripts_and_other_sites(world: World, make_app: MakeApp) -> None:
    world.user("Ada", "ada@x.example")
    visitor = Visitor(make_app("https://market.example").test_client())
    base = {"base_url": "https://market.example", "headers": {"Referer": "https://market.example/login"}}
    page = visitor.client.get("/login", **base)
    token = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "email": "ada@x.example", "password": PASSWORD}
    answer = visitor.client.post("/login", data=form, **base)
    cookies = answer.headers.get_all("Set-Cookie")
    assert {it.split("=")[0] for it in cookies} == {"access_token", "refresh_token", "market_session"}
    assert all("HttpOnly" in it and "SameSite=Lax" in it and "Secure" in it for it in cookies)


def test_a_wrong_password_says_so_and_no_more(world: World, visitor: Visitor) -> None:
    world.user("Ada", "ada@x.example")
    visitor.open("/login")
    text = visitor.send("/login", email="ada@x.example", password="not this one")
    assert visitor.status == 401
    assert "E-mail or password is not right." in text
    assert "not this one" not in text
    assert 'role="alert"' in text


def test_trying_too_often_says_how_long_to_wait(visitor: Visitor) -> None:
    visitor.open("/login")
    assert "Please wait 7 seconds" in visitor.send("/login", email="often@x.example", password="x")
    assert visitor.status == 429


def test_a_token_about_to_run_out_is_renewed_before_it_is_used(world: World, visitor: Visitor) -> None:
    world.user("Ada", "ada@x.example")
    world.token_seconds = 5
    visitor.sign_in("ada@x.example")
    world.token_seconds = 900
    visitor.open("/profile")
    assert visitor.status == 200
    assert any(it.startswith("access_token=") for it in visitor.page.headers.get_all("Set-Cookie"))
    assert ("POST", "/token/refresh") in [(method, path) for method, path, _ in world.asked]


def test_a_sign_in_that_identity_no_longer_knows_is_over(world: World, customer: Visitor) -> None:
    world.users.clear()
    customer.client.delete_cookie("access_token")
    customer.open("/profile")
    assert customer.page.headers["Location"] == "/login?next=%2Fprofile"
    assert customer.client.get_cookie("refresh_token") is None


def test_nobody_is_signed_out_because_identity_is_down(customer: Visitor, ways: dict[str, Breakable]) -> None:
    ways["identity"].down = True
    customer.client.delete_cookie("access_token")
    assert "signing in and accounts" in customer.open("/profile")
    assert customer.status == 503
    assert customer.client.get_cookie("refresh_token") is not None


def test_one_persons_cookie_never_travels_with_anothers_request(
    world: World, customer: Visitor, vendor: Visitor
) -> None:
    customer.open("/profile")
    vendor.open("/vendor/dashboard")
    with_cookies = {path for _, path, headers in world.asked if "cookie" in headers}
    assert with_cookies <= {"/token/refresh", "/logout"}


def test_signing_out_forgets_everything(world: World, customer: Visitor) -> None:
    customer.open("/profile")
    customer.send("/logout")
    assert "You are signed out" in customer.follow()
    assert customer.client.get_cookie("access_token") is None
    assert customer.client.get_cookie("refresh_token") is None
    assert "/login" in customer.open("/")


def test_somebody_who_became_a_vendor_needs_not_sign_in_again(world: World, customer: Visitor) -> None:
    assert "This page is for vendors" in customer.open("/vendor/dashboard")
    assert customer.status == 403
    world.users["ada@x.example"]["role"] = "vendor"
    customer.open("/vendor/dashboard")
    assert customer.status == 200


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "", None),
        *("/\t/evil.example", "/a\r\nSet-Cookie: x", "evil", "/a\\..\\b"),
    ],
)
def test_nobody_is_sent_to_another_site(target: str | None) -> None:
    assert safe_next(target, "/profile") == "/profile"


def test_a_page_of_ours_is_where_one_goes_on() -> None:
    assert safe_next("/register?token=abc&x=1", "/profile") == "/register?token=abc&x=1"


def test_a_form_without_its_token_changes_nothing(world: World, customer: Visitor) -> None:
    before = len(world.asked)
    answer = customer.client.post("/profile/name", data={"name": "Mallory"})
    assert answer.status_code == 400
    assert "no longer valid" in answer.get_data(as_text=True)
    assert {method for method, _, _ in world.asked[before:]} <= {"GET"}
