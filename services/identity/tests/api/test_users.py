"""Registering, and one's own account, from outside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from services.identity.api.current import HASHING
from services.identity.app import create_app
from services.identity.domain.hashing import Hashing
from services.identity.settings import Settings
from services.identity.tests.api.conftest import PASSWORD, People, Person, problem
from services.identity.tests.conftest import Transaction
from shared.events.envelope import decode
from shared.kit.database import Database


def metadata_of(transaction: Transaction, user_id: str) -> Any:
    with transaction() as session:
        row = session.scalar(text("SELECT envelope::text FROM outbox WHERE aggregate_id = :id"), {"id": user_id})
    return getattr(decode(row or "").event, "metadata", None)


def test_registering_answers_with_the_account_and_no_broker_anywhere(stranger: People) -> None:
    person = stranger()
    answer = person.register(locale="en-GB")
    assert answer.status_code == 201
    assert answer.json
    assert answer.json.keys() == {"id", "email", "name", "locale", "role", "registered_at"}
    assert (answer.json["email"], answer.json["role"], answer.json["locale"]) == (person.email, "customer", "en-GB")
    assert answer.json["registered_at"].endswith("Z")


def test_the_token_of_a_link_travels_with_the_announcement(stranger: People, transaction: Transaction) -> None:
    answer = stranger().register(invite_token="q8Zt0rJm2XvK5yWb")
    assert answer.json
    assert metadata_of(transaction, answer.json["id"]) == {"invite_token": "q8Zt0rJm2XvK5yWb"}


@pytest.mark.parametrize("token", [None, "", "x" * 5000, "no such token", "../../etc", "a\0b", "\ud800", "🎟️"])
def test_no_token_stops_a_registration(token: str | None, stranger: People) -> None:
    assert stranger().register(invite_token=token).status_code == 201


def test_a_taken_email_is_told_whatever_its_case(member: People, stranger: People) -> None:
    taken = member().email.upper()
    assert problem(stranger().register(email=taken)) == (409, "email-taken", {"email"})


def test_fifty_browsers_that_register_one_email_at_once_get_one_account(app: Flask, transaction: Transaction) -> None:
    def register(number: int) -> int:
        given = "".join(c.upper() if number >> i & 1 else c for i, c in enumerate("contended@example.org"))
        return Person(app).register(email=given).status_code

    with ThreadPoolExecutor(50) as pool:
        answers = sorted(pool.map(register, range(50)))
    assert answers == [201] + [409] * 49
    with transaction() as session:
        told = "SELECT count(*) FROM outbox WHERE lower(envelope::text) LIKE '%contended@example.org%'"
        assert session.scalar(text(told)) == 1


@pytest.mark.parametrize(
    ("changes", "kind", "field"),
    [
        ({"email": "no address"}, "invalid", "email"),
        ({"email": 5}, "invalid", "email"),
        ({"email": "a@b\0.org"}, "invalid", "email"),
        ({"name": "  "}, "invalid", "name"),
        ({"name": "a\nb"}, "invalid", "name"),
        ({"name": "x" * 101}, "invalid", "name"),
        ({"locale": "klingon!"}, "invalid", "locale"),
        ({"password": None}, "invalid", "password"),
        ({"password": "short"}, "weak-password", "password"),
        ({"password": "Password2024!"}, "weak-password", "password"),
        ({"invite_token": ["list"]}, "invalid", "invite_token"),
        ({"role": "admin"}, "invalid", "role"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_field(
    changes: dict[str, Any], kind: str, field: str, stranger: People
) -> None:
    assert problem(stranger().register(**changes)) == (422, kind, {field})


def test_a_weak_password_is_refused_with_the_rule_named(stranger: People) -> None:
    answer = stranger().register(password="qwertyuiop")
    assert answer.json
    assert [error["message"].partition(":")[0] for error in answer.json["errors"]] == ["sequence"]


def test_the_same_key_gives_the_first_answer_again(stranger: People, transaction: Transaction) -> None:
    person, headers = stranger(), {"Idempotency_Key": "registration-1"}
    first, second = (person.register(headers=headers) for _ in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json)
    other = person.register(headers=headers, name="Somebody Else")
    assert problem(other)[:2] == (422, "idempotency-key-reused")


class Slow(Hashing):
    """The real hashing, which lets a test look around while it is at work."""

    def __init__(self) -> None:
        super().__init__(concurrency=4, queue=10)
        self.inside, self.go_on = threading.Semaphore(0), threading.Event()

    def hash(self, password: str) -> str:
        self.inside.release()
        assert self.go_on.wait(10)
        return super().hash(password)


@pytest.fixture
def narrow(settings: Settings) -> Iterator[Database]:
    """A database whose pool keeps one connection."""
    database = Database(settings.database_url, application_name="narrow", pool_size=1)
    yield database
    database.dispose()


def test_no_connection_is_held_while_passwords_are_hashed(settings: Settings, narrow: Database) -> None:
    app, slow = create_app(replace(settings, rate_limits=False), narrow), Slow()
    app.extensions[HASHING] = slow
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(Person(app).register) for _ in range(4)]
        for _ in answers:
            assert slow.inside.acquire(timeout=10)
        assert narrow.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        with narrow.transaction() as session:
            assert session.scalar(text("SELECT 1")) == 1
        slow.go_on.set()
        assert {one.result().status_code for one in answers} == {201}


def test_too_many_at_once_are_told_to_come_back(app: Flask, monkeypatch: pytest.MonkeyPatch, stranger: People) -> None:
    full = Hashing(concurrency=1, queue=0)
    monkeypatch.setitem(app.extensions, HASHING, full)
    full._places.acquire()
    answer = stranger().register()
    assert problem(answer)[:2] == (503, "too-busy")
    assert answer.headers["Retry-After"]


def test_a_person_sees_and_changes_their_own_account(member: People) -> None:
    person = member()
    changed = person.send("PATCH", "/me", {"name": " Ada King ", "locale": "pt-BR"})
    assert changed.status_code == 200
    shown = person.send("GET", "/me").json
    assert shown == changed.json
    assert shown
    assert (shown["name"], shown["locale"], shown["email"]) == ("Ada King", "pt-BR", person.email)


@pytest.mark.parametrize("body", [{"email": "new@example.org"}, {"role": "admin"}, {"name": None}, {"name": ""}])
def test_what_may_not_be_changed_is_refused_by_name(body: dict[str, Any], member: People) -> None:
    assert problem(member().send("PATCH", "/me", body)) == (422, "invalid", set(body))


def test_who_leaves_is_nobody_from_then_on_and_may_come_again(member: People, stranger: People) -> None:
    person = member()
    refresh_token = person.cookie
    assert person.send("DELETE", "/me").status_code == 204
    assert person.cookie == ""
    assert person.send("GET", "/me").status_code == 401
    assert person.refresh({"refresh_token": refresh_token}).status_code == 401
    assert person.login().status_code == 401
    again = stranger()
    assert again.register(email=person.email).status_code == 201


def test_the_password_is_stored_as_an_argon2id_hash_alone(member: People, transaction: Transaction) -> None:
    person = member()
    with transaction() as session:
        stored = session.scalar(text("SELECT password_hash FROM user_account WHERE email = :e"), {"e": person.email})
        everything = session.scalar(text("SELECT string_agg(envelope::text, '') FROM outbox"))
    assert str(stored).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in str(everything)
