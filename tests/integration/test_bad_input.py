"""Bad input, end to end: a problem document that names it, nothing half-written, nothing secret in any log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from tests.integration.marketplace import PASSWORD, Marketplace, Seller, fresh_email

SECRET_PASSWORD = "a quite unheard-of pass phrase"
SOUND = {"email": "somebody@shop.example", "password": SECRET_PASSWORD, "name": "Some Body"}
COUNTED = {
    "identity": ("user_account", "outbox", "idempotency_key"),
    "vendor": ("vendor_invite_token", "vendor_customer", "invite_outcome", "outbox", "idempotency_key"),
}


class Wrong(NamedTuple):
    """A request that must be refused, and what the refusal must name."""

    path: str
    status: int
    names: str
    method: str = "POST"
    body: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = {}


def registering(status: int, names: str, **changes: Any) -> Wrong:
    """A registration that is sound but for what is changed."""
    return Wrong("/register", status, names, body={**SOUND, **changes})


AT_IDENTITY = {
    "no JSON": Wrong("/register", 400, "", content=b"{not json"),
    "a list": Wrong("/register", 422, "", content=b"[1, 2]"),
    "a missing field": Wrong("/register", 422, "password", body={"email": "a@shop.example", "name": "A"}),
    "an unknown field": registering(422, "colour", colour="red"),
    "a bad e-mail": registering(422, "email", email="nobody at nowhere"),
    "a short password": registering(422, "password", password="short"),
    "a password of a breach": registering(422, "password", password="password123456"),
    "a number for a name": registering(422, "name", name=7),
    "a NUL in a name": registering(422, "name", name="A\x00B"),
    "a bad key": Wrong("/register", 422, "Idempotency-Key", body=SOUND, headers={"Idempotency-Key": "two words"}),
    "a huge body": registering(413, "", name="x" * 3_000_000),
    "another media type": Wrong("/register", 415, "", content=b"a=1", headers={"Content-Type": "text/plain"}),
    "an unknown path": Wrong("/regsiter", 404, "", body=SOUND),
    "a wrong method": Wrong("/register", 405, "", method="PUT", body=SOUND),
}
AT_VENDOR = {
    "negative uses": Wrong("/vendors/me/invite", 422, "max_uses", body={"max_uses": -1}),
    "an expiry in the past": Wrong(
        "/vendors/me/invite", 422, "expires_at", body={"expires_at": "2001-01-01T00:00:00Z"}
    ),
    "an expiry that is no time": Wrong("/vendors/me/invite", 422, "expires_at", body={"expires_at": "soon"}),
    "an unknown field": Wrong("/vendors/me/invite", 422, "colour", body={"colour": "red"}),
    "a bad cursor": Wrong("/vendors/me/customers?cursor=%21%21", 422, "cursor", method="GET"),
    "a limit beyond": Wrong("/vendors/me/customers?limit=101", 422, "limit", method="GET"),
    "an id that is none": Wrong("/vendors/me/customers/7", 404, "", method="DELETE"),
    "nobody's id": Wrong("/vendors/me/customers/019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21", 404, "", method="DELETE"),
}


@pytest.fixture(scope="module")
def seller(marketplace: Marketplace) -> Seller:
    """Somebody who may make links."""
    return marketplace.seller("Vendor B")


def count(marketplace: Marketplace) -> dict[str, int]:
    """How many rows there are in what a request may write."""
    counts = {}
    for room in (marketplace.identity, marketplace.vendor):
        with room.db.transaction() as session:
            for table in COUNTED[room.name]:
                counts[f"{room.name}.{table}"] = session.scalar(text(f"SELECT count(*) FROM {table}")) or 0
    return counts


def assert_refused(marketplace: Marketplace, seller: Seller | None, wrong: Wrong) -> None:
    """Refused as a problem that names what is wrong, and nothing was written."""
    before = count(marketplace)
    body = {"content": wrong.content} if wrong.body is None else {"json": wrong.body}
    headers = {**({"Content-Type": "application/json"} if wrong.content else {}), **wrong.headers}
    room = marketplace.vendor if seller else marketplace.identity
    answer = marketplace.call(room, wrong.method, wrong.path, by=seller, headers=headers, **body)
    assert answer.status_code == wrong.status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert wrong.names in {"", *(error["field"] for error in problem.get("errors", []))}, problem
    assert SECRET_PASSWORD not in answer.text
    assert count(marketplace) == before


@pytest.mark.parametrize("what", AT_IDENTITY)
def test_bad_input_to_identity_is_named_and_leaves_nothing(marketplace: Marketplace, what: str) -> None:
    assert_refused(marketplace, None, AT_IDENTITY[what])


@pytest.mark.parametrize("what", AT_VENDOR)
def test_bad_input_to_vendor_is_named_and_leaves_nothing(marketplace: Marketplace, seller: Seller, what: str) -> None:
    assert_refused(marketplace, seller, AT_VENDOR[what])


def test_a_taken_email_is_named_whatever_its_case(marketplace: Marketplace) -> None:
    person = marketplace.register("Taken")
    before = count(marketplace)
    answer = marketplace.send_registration("Other", email=person.email.upper())
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/email-taken")
    assert [error["field"] for error in answer.json()["errors"]] == ["email"]
    assert count(marketplace) == before


@pytest.mark.parametrize("token", ["nobody-made-this", "x" * 5000, "a\x00b", "\ud800", "' OR 1=1 --", "🦊", ""])
def test_no_token_however_bad_stops_a_registration(marketplace: Marketplace, token: str) -> None:
    body = {"email": fresh_email("bad"), "password": PASSWORD, "name": "Bad Token", "invite_token": token}
    headers = {"Content-Type": "application/json"}
    sent = marketplace.call(marketplace.identity, "POST", "/register", content=json.dumps(body), headers=headers)
    assert sent.status_code == 201


def test_nothing_secret_is_in_any_log(marketplace: Marketplace, seller: Seller) -> None:
    token = marketplace.invite(seller)["token"]
    person = marketplace.register("Careful", token)
    marketplace.sign_in(person)
    marketplace.call(marketplace.vendor, "GET", f"/invites/{token}")
    marketplace.call(marketplace.vendor, "POST", f"/invites/{token}/accept", by=person)
    written = "".join(process.output.read_text() for process in marketplace.processes.values())
    for secret in (PASSWORD, SECRET_PASSWORD, token, person.access_token, seller.access_token, person.email):
        assert secret not in written
