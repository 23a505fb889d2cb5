"""Every page shows what it has, says what is missing, and holds no inline code."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask

from gateway.edge.__main__ import TABLE
from gateway.edge.routes import read
from gateway.web.tests.answers import now
from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.stand_in import World
from shared.kit import logging as kit_logging

PAGES = [
    "/",
    "/register",
    "/register?token=abc",
    "/login",
    "/password/forgot",
    "/password/reset?code=x",
    "/welcome",
    "/profile",
    "/profile/addresses",
    "/nothing",
]
PAGES += ["/vendor/dashboard", "/vendor/dashboard/live", "/vendor/invites", "/vendor/customers"]
PAGES += ["/cart", "/checkout", "/orders", "/vendor/orders", "/vendor/ledger", "/vendor/dashboard?by=month"]
PAGES += ["/search?q=bowl&least=1", "/vendor/products", "/vendor/products/create", "/vendor/products/import"]
PAGES += ["/vendor/profile", "/vendor/documents", "/vendor/store/lucas-bakery", "/vendor/store/nobody"]


@pytest.fixture
def busy(world: World, vendor: Visitor) -> Visitor:
    """A vendor with links, customers and refusals."""
    world.link("one", label='A "quoted" <label>')
    world.link("two", max_uses=1, uses=1, reason="exhausted", refused={"exhausted": 2})
    for number in range(25):
        world.judge("one", world.user(f"Person {number:02}", f"p{number}@x.example"))
    world.refusals = [
        {
            "reason": "exhausted",
            "customer_name": "Late Larry",
            "at": now(),
            "sentence": "Late Larry came when it's used up.",
        }
    ]
    return vendor


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_inline_code(busy: Visitor, path: str) -> None:
    text = busy.open(path)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|hx-on|<script(?![^>]*\ssrc=)", text)
    policy = busy.page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_every_page_of_the_table_is_served_and_no_other(app: Flask) -> None:
    table = {
        (method, re.sub(r"\{\w+\}", "{}", route.path))
        for route in read(TABLE)
        for method in route.methods
        if route.service == "web"
    }
    served = {
        (method, re.sub(r"<[^>]+>", "{}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == table


def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page(visitor: Visitor) -> None:
    for path in ("/profile", "/welcome", "/vendor/dashboard", "/vendor/invites", "/vendor/customers?q=a%26b"):
        visitor.open(path)
        assert visitor.status == 303
        assert visitor.page.headers["Location"].startswith("/login?next=%2F")
    visitor.open("/vendor/dashboard/live", HX_Request="true")
    assert visitor.page.headers["HX-Refresh"] == "true"


def test_a_link_is_made_shared_renamed_and_withdrawn(world: World, vendor: Visitor) -> None:
    assert "No link yet" in vendor.open("/vendor/invites")
    vendor.send("/vendor/invites", label="Newsletter", max_uses="5", expires_on="2099-12-31")
    text = vendor.follow()
    assert "Your link is ready" in text
    assert f'value="{world.links[0]["url"]}" readonly' in text
    assert "of at most 5" in text
    assert world.links[0]["expires_at"] == "2099-12-31T23:59:59Z"
    vendor.send(f"/vendor/invites/{world.links[0]['id']}/label", label="Friends")
    assert "Friends</h3>" in vendor.follow()
    vendor.send(f"/vendor/invites/{world.links[0]['id']}/revoke")
    assert ">Withdrawn</span>" in vendor.follow()
    assert "readonly" not in vendor.text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("max_uses", "0", "Must be at least 1."),
        ("max_uses", "many", "Not a valid integer value."),
        ("expires_on", "2020-01-01", "Lies in the past."),
    ],
)
def test_a_link_that_cannot_be_made_says_which_field(
    world: World, vendor: Visitor, field: str, value: str, said: str
) -> None:
    vendor.open("/vendor/invites")
    text = vendor.send("/vendor/invites", **{"label": "Kept", field: value})
    assert vendor.status == 422
    assert said in text.split(f'id="{field}-wrong"')[1].split("</p>")[0]
    assert 'value="Kept"' in text
    assert world.links == []


def test_what_was_refused_and_why_is_on_the_page(busy: Visitor) -> None:
    text = busy.open("/vendor/invites")
    assert "Late Larry" in text
    assert "Link used up" in text
    assert "2 × Link used up" in text
    assert "A &#34;quoted&#34; &lt;label&gt;" in text


def test_customers_are_found_paged_and_removed(world: World, busy: Visitor) -> None:
    first = busy.open("/vendor/customers")
    assert first.count("<tr role") == 21
    second = busy.open(re.findall(r'href="(/vendor/customers\?cursor=[^"]+)"', first)[0])
    assert second.count("<tr role") == 6
    assert "Person 07" in busy.open("/vendor/customers?q=person+07")
    fragment = busy.open("/vendor/customers?q=zzz", HX_Request="true")
    assert "Nobody found" in fragment
    assert "<html" not in fragment
    someone = world.customers[0]
    busy.open("/vendor/customers")
    busy.send(f"/vendor/customers/{someone['customer_id']}/remove")
    assert "off your list" in busy.follow()
    assert someone not in world.customers


def test_the_dashboard_changes_only_when_something_did(world: World, busy: Visitor) -> None:
    url = re.findall(r'hx-get="(/vendor/dashboard/live[^"]+)"', busy.open("/vendor/dashboard"))[0]
    busy.open(url, HX_Request="true")
    assert busy.status == 204
    world.judge("one", world.user("Newcomer Nora", "nora@x.example"))
    assert "Newcomer Nora" in busy.open(url, HX_Request="true")
    assert "<html" not in busy.text


def test_a_page_works_without_the_part_that_is_down(busy: Visitor, ways: dict[str, Breakable]) -> None:
    ways["vendor"].down = True
    text = busy.open("/profile")
    assert busy.status == 200
    assert "cannot show your invitations" in text
    assert "luca@<wbr>x.example" in text
    assert "cannot show your shop, nor your newest customers" in busy.open("/vendor/dashboard")
    assert busy.status == 200
    ways["vendor"].down, ways["identity"].down = False, True
    assert "cannot show your account, nor your addresses" in busy.open("/profile")
    assert "Person 24" in busy.open("/vendor/dashboard")


def test_the_profile_can_be_changed(world: World, customer: Visitor) -> None:
    customer.open("/profile")
    customer.send("/profile/name", name="Ada King")
    assert "<h1>Ada King</h1>" in customer.follow()
    text = customer.send("/profile/password", current_password="not mine", new_password="another long walk")
    assert customer.status == 401
    assert "This is not your current password." in text
    assert "another long walk" not in text
    customer.send("/profile/password", current_password="a long walk by the sea", new_password="another long walk")
    assert "Your password is changed." in customer.follow()


def test_a_forgotten_password_is_set_anew(visitor: Visitor) -> None:
    visitor.open("/password/forgot")
    visitor.send("/password/forgot", email="ada@x.example")
    assert "a link to set a new password is on its way" in visitor.follow()
    visitor.open("/password/reset?code=old-code")
    assert "This link was used or is too old." in visitor.send("/password/reset", password="another long walk")
    visitor.open("/password/reset?code=the-code")
    visitor.send("/password/reset", password="another long walk")
    assert "Your new password is set." in visitor.follow()


def test_addresses_are_kept_changed_and_removed(world: World, customer: Visitor) -> None:
    customer.open("/profile/addresses")
    place = {"name": "Ada", "line1": "12 St James’s Square", "city": "London", "country": "GB"}
    customer.send("/profile/addresses", **place)
    kept = world.users["ada@x.example"]["addresses"][0]
    assert kept["line2"] is None
    assert "12 St James’s Square" in customer.follow()
    assert '<option selected value="GB">United Kingdom' in customer.open(f"/profile/addresses/{kept['id']}")
    customer.send(f"/profile/addresses/{kept['id']}", **{**place, "city": "Bath"})
    assert "Bath" in customer.follow()
    customer.send(f"/profile/addresses/{kept['id']}/remove")
    assert "No address yet" in customer.follow()
    customer.open(f"/profile/addresses/{kept['id']}")
    assert customer.status == 404


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What the process writes to its log, set up as in production."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    kit_logging.configure(service="web", process="web", level="debug")
    yield lambda: capsys.readouterr().out
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_no_token_is_in_any_log(busy: Visitor, log: Callable[[], str], ways: dict[str, Breakable]) -> None:
    visitor = Visitor(busy.client.application.test_client())
    visitor.open("/register?token=s3cr3t-token")
    visitor.send("/register", name="Eve", email="eve@x.example", password="s3cr3t-password")
    visitor.follow()
    ways["vendor"].down = True
    visitor.open("/register?token=s3cr3t-token")
    ways["vendor"].defect = True
    visitor.open("/register?token=s3cr3t-token")
    assert visitor.status == 500
    written = log()
    assert "ZeroDivisionError" in written
    assert '"route":"/register"' in written
    assert "s3cr3t" not in written


def test_failures_help(busy: Visitor) -> None:
    assert "There is nothing here" in busy.open("/nothing")
    assert busy.status == 404
    busy.open("/logout")
    assert busy.status == 405
    assert set(busy.page.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    assert "Reference for support" in busy.text


def test_a_page_with_all_it_loads_is_light(busy: Visitor, static: Path) -> None:
    for path in PAGES:
        text = busy.open(path)
        files = set(re.findall(r'(?:src|href)="/static/([^"#]+)', text))
        size = len(text.encode()) + sum((static / name).stat().st_size for name in files)
        assert size <= 200_000, (path, size)
