"""A role of one service cannot enter another's database; making them twice changes nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from deploy.local import checkout, databases
from deploy.local.postgres import Postgres
from tests.infrastructure.servers import own_folder


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of its own: the roles of the five services belong to the whole server."""
    made = Postgres(own_folder(), durable=False)
    made.start()
    yield made
    made.kill()
    shutil.rmtree(made.folder)


@pytest.fixture(autouse=True)
def own_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkout, "DATA", tmp_path)


def test_five_databases_are_made_and_made_again_without_a_change(server: Postgres) -> None:
    databases.provide(server.url())
    databases.provide(server.url())
    for service in databases.SERVICES:
        assert databases.rows(databases.url(server.url(), service), "SELECT current_user") == [(f"{service}_app",)]


@pytest.mark.parametrize("kind", ["app", "owner"])
def test_a_role_reaches_only_its_own_database(server: Postgres, kind: str) -> None:
    databases.provide(server.url())
    own = databases.url(server.url(), "vendor", kind)
    for other in ({*databases.SERVICES} - {"vendor"}) | {"postgres", "template1"}:
        with pytest.raises(psycopg2.OperationalError, match="permission denied"):
            databases.rows(own.replace("/vendor", f"/{other}").replace(f"/{other}_", "/vendor_"), "SELECT 1")


def test_the_app_role_makes_no_tables(server: Postgres) -> None:
    databases.provide(server.url())
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        databases.rows(databases.url(server.url(), "vendor"), "CREATE TABLE mine (id int)")
