"""Each kind of bad input is refused by name; nothing is half-written, and nothing secret is logged or sent back."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.identity.domain import emails, users
from services.vendor.domain import links
from services.vendor.domain.links import NewLink
from shared.kit import logging
from tests.apps import PASSWORD, PASSWORD_HASH, Marketplace, Person, bearer
from tests.fuzz import bad_input
from tests.fuzz.bad_input import SECRET_PASSWORD, SECRET_TOKEN, Bad


@pytest.fixture(scope="module", autouse=True)
def _logs() -> None:
    logging.configure(service="tests", process="web", level="debug")


@pytest.fixture(scope="module")
def seller(marketplace: Marketplace) -> Person:
    """A vendor; and the e-mail taken@shop.example is taken."""
    wanted = users.Registration(email=emails.parse("taken@shop.example"), name="Taken", password_hash=PASSWORD_HASH)
    with marketplace.databases["identity"].transaction() as session:
        users.register(session, wanted)
    return marketplace.seller()


def send(marketplace: Marketplace, service: str, bad: Bad, headers: Mapping[str, str]) -> TestResponse:
    return (
        marketplace.apps[service]
        .test_client()
        .open(
            bad.path, method=bad.method, data=bad.raw, content_type=bad.content_type, headers={**headers, **bad.headers}
        )
    )


def problem(answer: TestResponse) -> tuple[int, str, set[str]]:
    """The status, the type and the fields of a problem document, after a look at its form."""
    assert answer.content_type == "application/problem+json", answer.text
    document: dict[str, Any] = answer.get_json()
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == answer.headers["X-Request-Id"]
    assert all(error["message"] for error in document.get("errors", []))
    named = {error["field"] for error in document.get("errors", [])}
    return answer.status_code, document["type"].removeprefix("/problems/"), named


def secrets(*texts: str) -> list[str]:
    """What of these texts nobody should read."""
    return [found for text in texts for found in re.findall(r"canary[\w-]*|eyJ[\w-]+\.[\w-]+\.[\w-]+", text)]


@pytest.mark.parametrize("bad", bad_input.IDENTITY, ids=lambda bad: bad.name)
def test_identity_names_it_and_writes_and_tells_nothing(
    bad: Bad, marketplace: Marketplace, seller: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    before = marketplace.rows()
    answer = send(marketplace, "identity", bad, {})
    assert problem(answer) == bad.refusal
    assert marketplace.rows() == before
    assert secrets(answer.text, *capsys.readouterr()) == []


@pytest.mark.parametrize("bad", bad_input.VENDOR, ids=lambda bad: bad.name)
def test_vendor_names_it_and_writes_and_tells_nothing(
    bad: Bad, marketplace: Marketplace, seller: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    before = marketplace.rows()
    answer = send(marketplace, "vendor", bad, bearer(marketplace.token(seller)))
    assert problem(answer) == bad.refusal
    assert marketplace.rows() == before
    assert secrets(answer.text, *capsys.readouterr()) == []


@pytest.mark.parametrize(
    ("service", "path", "first", "second"),
    [
        (
            "identity",
            "/register",
            {"email": "once@shop.example", "name": "Once"},
            {"email": "once@shop.example", "name": "Twice"},
        ),
        ("vendor", "/vendors/me/invite", {"label": "Spring"}, {"label": "Autumn"}),
    ],
    ids=["register", "invite"],
)
def test_the_same_idempotency_key_with_another_body_is_refused_and_with_the_same_answered_again(
    service: str, path: str, first: dict[str, Any], second: dict[str, Any], marketplace: Marketplace, seller: Person
) -> None:
    secret = {"password": SECRET_PASSWORD} if service == "identity" else {}
    headers = {**bearer(marketplace.token(seller)), "Idempotency-Key": "one-key"}

    def ask(body: dict[str, Any]) -> TestResponse:
        return marketplace.apps[service].test_client().post(path, json={**body, **secret}, headers=headers)

    made = ask(first)
    before = marketplace.rows()
    assert made.status_code == 201
    assert problem(ask(second)) == (422, "idempotency-key-reused", set())
    again = ask(first)
    assert (again.status_code, again.json) == (201, made.json)
    assert marketplace.rows() == before


@pytest.mark.parametrize("key", ["", "with space", "x" * 129, "é"], ids=["empty", "space", "long", "accent"])
def test_an_idempotency_key_that_is_none_is_refused_by_name(key: str, marketplace: Marketplace, seller: Person) -> None:
    headers = {**bearer(marketplace.token(seller)), "Idempotency-Key": key}
    before = marketplace.rows()
    answer = marketplace.apps["vendor"].test_client().post("/vendors/me/invite", json={}, headers=headers)
    assert problem(answer) == (422, "invalid", {"Idempotency-Key"})
    assert marketplace.rows() == before


def test_a_bad_invite_token_is_an_answer_with_its_reason_and_stops_no_registration(
    marketplace: Marketplace, seller: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor, identity = (marketplace.apps[name].test_client() for name in ("vendor", "identity"))
    preview = vendor.get(f"/invites/{SECRET_TOKEN}")
    assert preview.status_code == 200
    assert (preview.json or {})["reason"] == "unknown_token"
    accepted = vendor.post(f"/invites/{SECRET_TOKEN}/accept", headers=bearer(marketplace.token(marketplace.person())))
    assert (accepted.json or {})["outcome"] == "unknown_token"
    person = {**bad_input.PERSON, "email": "bad.token@shop.example"}
    assert identity.post("/register", json=person).status_code == 201
    assert secrets(*capsys.readouterr()) == []


def test_a_cursor_of_another_list_is_refused(marketplace: Marketplace) -> None:
    seller = marketplace.seller()
    client, headers = marketplace.apps["vendor"].test_client(), bearer(marketplace.token(seller))
    for _ in range(2):
        assert client.post("/vendors/me/invite", headers=headers).status_code == 201
    cursor = (client.get("/vendors/me/invites?limit=1", headers=headers).json or {})["next_cursor"]
    assert client.get(f"/vendors/me/invites?cursor={cursor}", headers=headers).status_code == 200
    for path in ("/vendors/me/customers", "/vendors/me/invites/refusals", "/vendor/invitations/mine"):
        assert problem(client.get(f"{path}?cursor={cursor}", headers=headers)) == (422, "invalid", {"cursor"})


def test_of_people_taking_the_last_use_at_the_same_moment_one_is_linked_and_the_others_told_why(
    marketplace: Marketplace,
) -> None:
    seller = marketplace.seller()
    assert seller.vendor
    with marketplace.databases["vendor"].transaction() as session:
        token = links.create(session, seller.vendor, NewLink(max_uses=1), datetime.now(UTC)).link.token
    people = [marketplace.person() for _ in range(5)]
    start, told = threading.Barrier(len(people)), []

    def accept(person: Person) -> None:
        start.wait()
        headers = bearer(marketplace.token(person))
        answer = marketplace.apps["vendor"].test_client().post(f"/invites/{token}/accept", headers=headers)
        told.append((answer.status_code, answer.get_json()["outcome"]))

    threads = [threading.Thread(target=accept, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [(200, "exhausted")] * 4 + [(200, "linked")]


def test_signing_in_and_registering_leave_no_secret_in_the_logs(
    marketplace: Marketplace, capsys: pytest.CaptureFixture[str]
) -> None:
    client = marketplace.apps["identity"].test_client()
    person = {**bad_input.PERSON, "email": "quiet@shop.example"}
    assert client.post("/register", json=person).status_code == 201
    signed_in = client.post("/login", json={"email": person["email"], "password": SECRET_PASSWORD})
    refreshed = client.post(
        "/token/refresh", json={"refresh_token": signed_in.headers["Set-Cookie"].split("=")[1].split(";")[0]}
    )
    changed = client.post(
        "/password/change",
        json={"current_password": SECRET_PASSWORD, "new_password": PASSWORD},
        headers=bearer((refreshed.json or {})["access_token"]),
    )
    assert [answer.status_code for answer in (signed_in, refreshed, changed)] == [200, 200, 204]
    assert client.get(f"/me?token={SECRET_TOKEN}", headers=bearer(SECRET_TOKEN)).status_code == 401
    written = "".join(capsys.readouterr())
    assert "/login" in written, "nothing was logged at all"
    assert secrets(written) == []
    assert (refreshed.json or {})["refresh_token"] not in written
