"""Under one key: one effect, one answer, whoever asks again and however many at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields
from sqlalchemy import text

from shared.kit import housekeeping
from shared.kit.auth import Actor, Role, anyone, requires
from shared.kit.database import Database
from shared.kit.errors import Refusal
from shared.kit.idempotency import idempotent, once
from shared.kit.operations import Blueprint
from shared.kit.settings import Settings
from shared.kit.stated import accepts, answers, refuses
from shared.kit.tests.shop import Client, bearer, open_shop
from shared.kit.web import Answer, transaction

orders = Blueprint("orders", __name__)
gate = threading.Event()


class SoldOut(Refusal):
    """Nothing is left."""


class NewOrder(Schema):
    item = fields.String(required=True)
    password = fields.String()


@orders.post("/orders")
@requires(Role.CUSTOMER)
@idempotent
@accepts(NewOrder)
@answers(None, 202)
@refuses(SoldOut)
def place(body: dict[str, Any], actor: Actor) -> Answer:
    """Place an order."""
    with transaction() as session:
        return once(session, lambda: work(session, body))


@orders.post("/open/<name>")
@anyone
@idempotent
@accepts(NewOrder)
@answers(None, 204)
def in_the_open(name: str, body: dict[str, Any]) -> Answer:
    """Place an order without a name."""
    with transaction() as session:
        return once(session, lambda: work(session, body) and None)


@orders.post("/forgotten")
@anyone
@answers(None, 204)
def forgotten() -> Answer:
    """Use a key without having said so."""
    with transaction() as session:
        return once(session, lambda: None)


def work(session: Any, body: dict[str, Any]) -> dict[str, Any]:
    number = session.scalar(text("INSERT INTO effect (item) VALUES (:item) RETURNING id"), {"item": body["item"]})
    if body["item"] == "slow":
        gate.wait(3)
    if body["item"] == "sold-out":
        raise SoldOut
    return {"number": number, "item": body["item"], "b": 1, "a": "ü"}


@pytest.fixture(scope="module")
def shop(settings: Settings, database: Database) -> Flask:
    return open_shop(settings, database, [orders])


@pytest.fixture(autouse=True)
def no_effects(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("DELETE FROM effect"))
        session.execute(text("DELETE FROM idempotency_key"))
    gate.clear()


def count(database: Database, table: str = "effect") -> int:
    with database.transaction() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")))  # noqa: S608


ME = bearer("customer", sub="0198a000-0000-7000-8000-000000000001")
OTHER = bearer("customer", sub="0198a000-0000-7000-8000-000000000002")


def send(
    client: Client, body: Any, key: str | None = "k-1", headers: dict[str, str] = ME, path: str = "/orders"
) -> Any:
    keyed = {"Idempotency-Key": key} if key is not None else {}
    return client.post(path, json=body, headers={**headers, **keyed})


def test_the_first_answer_is_given_again_byte_for_byte(shop: Flask, database: Database) -> None:
    client = shop.test_client()
    first, second = send(client, {"item": "pen"}), send(client, {"item": "pen"})
    assert (first.status_code, first.data, first.content_type) == (202, second.data, second.content_type)
    assert (second.status_code, second.headers["Idempotency-Replayed"]) == (202, "true")
    assert "Idempotency-Replayed" not in first.headers
    assert count(database) == 1


def test_an_answer_without_a_body_is_given_again_too(shop: Flask, database: Database) -> None:
    client = shop.test_client()
    for _ in range(2):
        answer = send(client, {"item": "pen"}, path="/open/a", headers={})
        assert (answer.status_code, answer.data) == (204, b"")
        assert "Content-Type" not in answer.headers
    assert count(database) == 1


def test_without_a_key_every_request_works(shop: Flask, database: Database) -> None:
    client = shop.test_client()
    for _ in range(2):
        assert send(client, {"item": "pen"}, key=None).status_code == 202
    assert (count(database), count(database, "idempotency_key")) == (2, 0)


def test_another_body_under_the_same_key_is_refused(shop: Flask, database: Database) -> None:
    client = shop.test_client()
    send(client, {"item": "pen"})
    answer = send(client, {"item": "ink"})
    assert (answer.status_code, answer.get_json(force=True)["type"]) == (422, "/problems/idempotency-key-reused")
    assert count(database) == 1


def test_spelling_does_not_make_another_body(shop: Flask) -> None:
    client = shop.test_client()
    headers = {**ME, "Idempotency-Key": "k-1", "Content-Type": "application/json"}
    first = client.post("/orders", data='{"item":"pen","password":"x"}', headers=headers)
    second = client.post("/orders", data='{ "password": "x", "item": "p\\u0065n" }', headers=headers)
    assert (first.status_code, second.status_code, second.data) == (202, 202, first.data)


def test_another_path_under_the_same_key_is_refused(shop: Flask) -> None:
    client = shop.test_client()
    assert send(client, {"item": "pen"}, path="/open/a", headers={}).status_code == 204
    assert send(client, {"item": "pen"}, path="/open/b", headers={}).status_code == 422


def test_keys_of_different_callers_and_operations_do_not_meet(shop: Flask, database: Database) -> None:
    client = shop.test_client()
    send(client, {"item": "pen"})
    assert send(client, {"item": "ink"}, headers=OTHER).status_code == 202
    assert send(client, {"item": "ink"}, path="/open/a", headers={}).status_code == 204
    assert count(database) == 3


def test_a_refused_request_leaves_its_key_free(shop: Flask, database: Database) -> None:
    client = shop.test_client()
    assert send(client, {"item": "sold-out"}).status_code == 409
    assert send(client, {"item": "pen"}).status_code == 202
    assert count(database) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 129, "ü"])
def test_a_bad_key_is_named(shop: Flask, key: str) -> None:
    answer = send(shop.test_client(), {"item": "pen"}, key=key)
    assert answer.status_code == 422
    assert answer.get_json(force=True)["errors"][0]["field"] == "Idempotency-Key"


def test_ten_at_once_have_one_effect_and_one_answer(shop: Flask, database: Database) -> None:
    threading.Timer(0.3, gate.set).start()
    with ThreadPoolExecutor(10) as pool:
        answers_ = list(pool.map(lambda _: send(shop.test_client(), {"item": "slow"}), range(10)))
    assert {(answer.status_code, answer.data) for answer in answers_} == {(202, answers_[0].data)}
    assert count(database) == 1


def test_when_the_first_of_many_fails_another_does_the_work(shop: Flask, database: Database) -> None:
    with database.engine.connect() as first:
        insert = "INSERT INTO idempotency_key (scope, key, fingerprint) VALUES (:scope, 'k-1', '')"
        first.execute(text(insert), {"scope": "orders.place 0198a000-0000-7000-8000-000000000001"})
        threading.Timer(0.3, first.rollback).start()
        assert send(shop.test_client(), {"item": "pen"}).status_code == 202
    assert count(database) == 1


def test_the_stored_fingerprint_is_no_oracle_for_the_body(shop: Flask, database: Database) -> None:
    send(shop.test_client(), {"item": "pen", "password": "s3cret"})
    with database.transaction() as session:
        row = str(session.execute(text("SELECT *, encode(fingerprint, 'escape') FROM idempotency_key")).all())
    assert "s3cret" not in row


def test_a_view_that_has_not_stated_it_is_a_fault(shop: Flask) -> None:
    answer = send(shop.test_client(), {}, path="/forgotten", headers={})
    assert answer.status_code == 500


def test_old_keys_are_swept(shop: Flask, database: Database) -> None:
    send(shop.test_client(), {"item": "pen"})
    assert housekeeping.sweep(database)["idempotency_key"] == 0
    with database.transaction() as session:
        session.execute(text("UPDATE idempotency_key SET created_at = created_at - interval '3 days'"))
    assert housekeeping.sweep(database)["idempotency_key"] == 1
