"""Signing in, staying signed in and signing out, from outside."""

from __future__ import annotations

import base64
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import text, update

from services.identity.app import create_app
from services.identity.models import SignIn
from services.identity.settings import Settings
from services.identity.tests.api.conftest import PASSWORD, People, Person, problem
from services.identity.tests.conftest import Transaction, approve
from shared.kit.database import Database


def test_signing_in_gives_an_access_token_and_a_cookie_no_script_can_read(member: People) -> None:
    person = member()
    answer = person.login()
    assert answer.json
    assert answer.json.keys() == {"access_token", "token_type", "expires_in"}
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 900)
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    assert person.send("GET", "/me").status_code == 200


def test_the_email_may_be_written_in_any_case(member: People) -> None:
    person = member()
    assert person.login(email=person.email.title()).status_code == 200


def test_an_unknown_email_and_a_wrong_password_are_answered_alike(member: People, stranger: People) -> None:
    wrong, unknown = member().login(password="not this one"), stranger().login()
    assert wrong.json
    assert unknown.json
    assert problem(wrong) == problem(unknown) == (401, "wrong-credentials", set())
    assert wrong.json["detail"] == unknown.json["detail"]


def test_an_unknown_email_takes_as_long_as_a_wrong_password(member: People, stranger: People) -> None:
    def took(person: Person) -> float:
        started = time.perf_counter()
        person.login(password="not this one")
        return time.perf_counter() - started

    known, unknown = member(), stranger()
    times = [(took(known), took(unknown)) for _ in range(9)]
    # The quickest of each says what the work is, whatever else the machine does; without a hash it is tenfold less.
    fastest_known, fastest_unknown = (min(column) for column in zip(*times, strict=True))
    assert 0.4 < fastest_known / fastest_unknown < 2.5


def test_a_hash_of_old_parameters_is_renewed_at_the_next_sign_in(member: People, transaction: Transaction) -> None:
    person = member()
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with transaction() as session:
        session.execute(
            text("UPDATE user_account SET password_hash = :h WHERE email = :e"), {"h": old, "e": person.email}
        )
    assert person.login().status_code == 200
    with transaction() as session:
        stored = session.scalar(text("SELECT password_hash FROM user_account WHERE email = :e"), {"e": person.email})
    assert "m=19456,t=2" in str(stored)
    assert person.login().status_code == 200


def test_many_wrong_passwords_for_one_account_are_stopped(settings: Settings, database: Database) -> None:
    app = create_app(settings, database)
    person = Person(app)
    answers = [person.login(password="not this one").status_code for _ in range(31)]
    assert answers == [401] * 30 + [429]
    other = Person(app)
    assert other.login().status_code == 401


def test_a_refresh_renews_both_tokens(member: People) -> None:
    person = member()
    before = person.cookie
    answer = person.refresh()
    assert answer.status_code == 200
    assert answer.json
    assert "refresh_token" not in answer.json
    assert person.cookie != before
    assert person.send("GET", "/me").status_code == 200


def test_who_keeps_no_cookies_sends_the_token_and_gets_the_next_one(member: People, stranger: People) -> None:
    token, program = member().cookie, stranger()
    answer = program.refresh({"refresh_token": token})
    assert answer.json
    assert answer.json["refresh_token"] not in {token, ""}


def test_a_token_used_again_later_ends_the_sign_in(member: People, transaction: Transaction) -> None:
    person = member()
    stolen = person.cookie
    person.refresh()
    with transaction() as session:
        session.execute(update(SignIn).values(rotated_at=SignIn.rotated_at - timedelta(seconds=11)))
    assert problem(person.refresh({"refresh_token": stolen})) == (401, "sign-in-ended", set())
    assert person.refresh().status_code == 401


def test_parallel_requests_of_one_browser_all_stay_signed_in(app: Flask, member: People) -> None:
    token = member().cookie
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: Person(app).refresh({"refresh_token": token}), range(5)))
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("body", [None, {}, {"refresh_token": "made up"}])
def test_without_a_known_token_nobody_is_signed_in(body: object, stranger: People) -> None:
    assert problem(stranger().refresh(body)) == (401, "sign-in-ended", set())


def test_an_approved_vendor_is_one_after_the_next_refresh(member: People, transaction: Transaction) -> None:
    person = member()
    shown = person.send("GET", "/me").json
    assert shown
    with transaction() as session:
        approve(session, UUID(shown["id"]))
    person.refresh()
    assert '"role":"vendor"' in _claims(person.access_token)


def test_the_next_token_tells_the_language_that_was_chosen(member: People) -> None:
    person = member()
    person.send("PATCH", "/me", {"locale": "de-AT"})
    person.refresh()
    assert '"locale":"de-AT"' in _claims(person.access_token)


def _claims(token: str) -> str:
    payload = token.split(".")[1]
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()


def test_signing_out_ends_the_sign_in_and_takes_the_cookie(member: People) -> None:
    person = member()
    token = person.cookie
    assert person.send("POST", "/logout").status_code == 204
    assert person.cookie == ""
    assert person.refresh({"refresh_token": token}).status_code == 401


def test_signing_out_without_being_signed_in_is_fine(stranger: People) -> None:
    assert stranger().send("POST", "/logout").status_code == 204


def test_in_production_the_cookie_travels_over_https_alone(settings: Settings, database: Database) -> None:
    production = replace(settings, environment="production", rate_limits=False)
    person = Person(create_app(production, database))
    person.register()
    assert "Secure" in person.login().headers["Set-Cookie"]
