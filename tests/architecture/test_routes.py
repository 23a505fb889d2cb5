"""The table of public routes and the services' OpenAPI say the same: every operation, and who may call it."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gateway.edge.__main__ import TABLE
from gateway.edge.routes import Route, read
from shared.kit.app import openapi_document
from shared.kit.database import Database

ROOT = Path(__file__).parents[2]
SERVICES = sorted(found.parent.name for found in ROOT.glob("services/*/app.py"))
ENVIRONMENT = {
    "ENVIRONMENT": "local",
    "GATEWAY_URL": "http://localhost:8000",
    "SECRET_KEY": "a secret of the tests, long enough",
    "DATABASE_URL": "postgresql+psycopg2://nobody@127.0.0.1:1/nothing",
    "BROKER_URL": "amqp://127.0.0.1:1",
    "JWKS_URL": "http://127.0.0.1:1/.well-known/jwks.json",
}
METHODS = ("get", "post", "put", "patch", "delete")

Surface = dict[tuple[str, str], frozenset[str]]


def document(service: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    settings = import_module(f"services.{service}.settings").read_settings()
    app = import_module(f"services.{service}.app").create_app(
        settings, Database(settings.database_url, application_name="test")
    )
    return openapi_document(app)


def nameless(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def said_by(openapi: dict[str, Any]) -> Surface:
    """What a service says of its operations; what is internal is never in the table."""
    return {
        (method.upper(), nameless(path)): frozenset(operations[method]["x-roles"])
        for path, operations in openapi["paths"].items()
        for method in METHODS
        if method in operations and not path.startswith("/internal/")
    }


def said_of(service: str, routes: list[Route]) -> Surface:
    """What the table says of a service."""
    return {
        (method, nameless(route.to)): route.who | ({"vendor"} if "customer" in route.who else set())
        for route in routes
        for method in route.methods
        if route.service == service and route.to != "/openapi.json"
    }


@pytest.mark.parametrize("service", SERVICES)
def test_the_table_and_the_service_agree(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said_of(service, read(TABLE)) == said_by(document(service, monkeypatch))


def test_every_service_of_the_table_exists_and_publishes_its_document() -> None:
    routes = read(TABLE)
    assert {route.service for route in routes} == {*SERVICES, "web"}
    documents = {(route.service, route.path) for route in routes if route.to == "/openapi.json"}
    assert documents == {(service, f"/api/docs/{service}/openapi.json") for service in SERVICES}


def test_what_is_internal_is_not_in_the_table() -> None:
    internal = ("/internal", "/metrics", "/healthz", "/readyz", "/api/internal", "/static", "/.")
    assert not [route.path for route in read(TABLE) if route.path.startswith(internal)]
    assert not [route.to for route in read(TABLE) if route.to.startswith(internal[:4])]


def test_a_path_means_one_thing_with_and_without_the_prefix() -> None:
    bare = {route.path: route for route in read(TABLE) if route.is_api and not route.path.startswith("/api/")}
    prefixed = {route.path: route for route in read(TABLE)}
    assert set(bare) == {"/vendors/me/invite"}
    for path, route in bare.items():
        twin = prefixed[f"/api{path}"]
        assert (twin.methods, twin.service, twin.who, twin.to) == (route.methods, route.service, route.who, route.to)
