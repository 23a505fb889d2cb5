"""A stated limit is counted for all processes at once, per address, actor or field, and ends with its window."""

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
from shared.kit.errors import Unauthenticated
from shared.kit.operations import Blueprint
from shared.kit.rate import limited, network_of
from shared.kit.settings import Settings
from shared.kit.stated import accepts, answers, refuses
from shared.kit.tests.conftest import settings_for
from shared.kit.tests.shop import bearer, open_shop
from shared.kit.web import Answer
from tests.infrastructure.databases import TestDatabase

doors = Blueprint("doors", __name__)


class Credentials(Schema):
    email = fields.String(required=True)


@doors.post("/login")
@anyone
@limited("3/15m", "email")
@limited("8/m", "address")
@accepts(Credentials)
@answers(None, 204)
@refuses(Unauthenticated)
def login(body: dict[str, Any]) -> Answer:
    """Fail to sign in."""
    raise Unauthenticated(body["email"])


@doors.post("/knock")
@requires(Role.CUSTOMER)
@limited("2/h", "actor")
@answers(None, 204)
def knock(actor: Actor) -> Answer:
    """Knock."""


@doors.post("/race")
@anyone
@limited("5/d", "address")
@answers(None, 204)
def race() -> Answer:
    """Run."""


@pytest.fixture(autouse=True)
def clean(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("DELETE FROM rate_limit"))


@pytest.fixture(scope="module")
def shop(settings: Settings, database: Database) -> Flask:
    return open_shop(settings, database, [doors])


def sign_in(shop: Flask, email: str, address: str = "203.0.113.1") -> Any:
    return shop.test_client().post("/login", json={"email": email}, headers={"X-Forwarded-For": address})


def test_failed_tries_count_per_account_however_it_is_spelled_and_wherever_from(shop: Flask) -> None:
    tries = [sign_in(shop, email, f"203.0.113.{n}") for n, email in enumerate(["a@x", "A@X ", "a@x", "a@x"])]
    assert [one.status_code for one in tries] == [401, 401, 401, 429]
    document = tries[-1].get_json(force=True)
    assert document["type"] == "/problems/too-many-requests"
    assert 880 < int(tries[-1].headers["Retry-After"]) <= 900
    assert sign_in(shop, "b@x").status_code == 401


def test_tries_count_per_address_whatever_account(shop: Flask) -> None:
    tries = [sign_in(shop, f"{n}@x").status_code for n in range(9)]
    assert tries == [401] * 8 + [429]
    assert sign_in(shop, "other@x", "203.0.113.2").status_code == 401


def test_calls_count_per_actor(shop: Flask) -> None:
    me, other = bearer("customer", sub="0198a000-0000-7000-8000-000000000001"), bearer("customer")
    client = shop.test_client()
    assert [client.post("/knock", headers=me).status_code for _ in range(3)] == [204, 204, 429]
    assert client.post("/knock", headers=other).status_code == 204


def test_a_window_ends(shop: Flask, database: Database) -> None:
    for _ in range(4):
        sign_in(shop, "a@x")
    with database.transaction() as session:
        session.execute(text("UPDATE rate_limit SET expires_at = clock_timestamp()"))
    assert sign_in(shop, "a@x").status_code == 401
    assert housekeeping.sweep(database)["rate_limit"] == 0


def test_windows_that_ended_are_swept(shop: Flask, database: Database) -> None:
    sign_in(shop, "a@x")
    with database.transaction() as session:
        session.execute(text("UPDATE rate_limit SET expires_at = clock_timestamp() - interval '1s'"))
    assert housekeeping.sweep(database)["rate_limit"] == 2


def test_many_at_once_are_counted_exactly(shop: Flask) -> None:
    ready = threading.Barrier(10)

    def run(_: int) -> int:
        ready.wait()
        return shop.test_client().post("/race").status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = sorted(pool.map(run, range(10)))
    assert statuses == [204] * 5 + [429] * 5


def test_what_is_counted_is_not_readable_in_the_table(shop: Flask, database: Database) -> None:
    sign_in(shop, "person@example.test", "203.0.113.77")
    with database.transaction() as session:
        stored = str(session.execute(text("SELECT * FROM rate_limit")).all())
    assert "person" not in stored
    assert "203.0.113" not in stored


def test_limits_can_be_off_for_a_system_that_is_tested(kit_database: TestDatabase, database: Database) -> None:
    shop = open_shop(settings_for(kit_database, rate_limits=False), database, [doors])
    assert {sign_in(shop, "a@x").status_code for _ in range(9)} == {401}


def test_a_network_is_what_one_client_holds() -> None:
    assert network_of("203.0.113.9") == "203.0.113.9"
    assert network_of("2001:db8:1:2:3::4") == "2001:db8:1:2::/64"
    assert network_of("::ffff:203.0.113.9") == "203.0.113.9"
    assert network_of(None) == network_of("unix") == "unknown"


@pytest.mark.parametrize(
    ("rate", "per"), [("often", ["address"]), ("5", ["address"]), ("5/y", ["address"]), ("5/m", [])]
)
def test_a_limit_that_cannot_be_read_stops_at_import(rate: str, per: list[str]) -> None:
    with pytest.raises(ValueError, match="a rate like"):
        limited(rate, *per)
