"""The application as a whole: what it promises in its document, and when it does not start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from services.identity.app import create_app
from services.identity.domain.demo import DemoPeopleFound
from services.identity.domain.password_rules import MAX_LENGTH, MIN_LENGTH
from services.identity.settings import Settings
from services.identity.tests.conftest import Registers
from shared.kit.app import openapi_document
from shared.kit.database import Database

OPERATIONS = {
    "POST /register": {"anyone"},
    "POST /login": {"anyone"},
    "POST /token/refresh": {"anyone"},
    "POST /logout": {"anyone"},
    "GET /me": {"admin", "customer", "vendor"},
    "PATCH /me": {"admin", "customer", "vendor"},
    "DELETE /me": {"admin", "customer", "vendor"},
    "GET /me/addresses": {"admin", "customer", "vendor"},
    "POST /me/addresses": {"admin", "customer", "vendor"},
    "PATCH /me/addresses/{address_id}": {"admin", "customer", "vendor"},
    "DELETE /me/addresses/{address_id}": {"admin", "customer", "vendor"},
    "POST /password/change": {"admin", "customer", "vendor"},
    "POST /password/forgot": {"anyone"},
    "POST /password/reset": {"anyone"},
    "GET /.well-known/jwks.json": {"anyone"},
}


@pytest.fixture(scope="module")
def document(settings: Settings, database: Database) -> dict[str, Any]:
    return openapi_document(create_app(settings, database))


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    verbs = {"get", "post", "patch", "put", "delete"}
    return {
        f"{verb.upper()} {path}": operation
        for path, item in document["paths"].items()
        for verb, operation in item.items()
        if verb in verbs
    }


def test_every_operation_says_who_may_call_it(document: dict[str, Any]) -> None:
    assert {name: set(one["x-roles"]) for name, one in operations(document).items()} == OPERATIONS


def test_every_operation_is_told_in_words(document: dict[str, Any]) -> None:
    assert [name for name, one in operations(document).items() if not one.get("summary")] == []


def test_the_length_of_a_password_is_told_as_the_rule_has_it(document: dict[str, Any]) -> None:
    told = {
        f"{shape}.{name}": (field.get("minLength"), field.get("maxLength"))
        for shape, schema in document["components"]["schemas"].items()
        for name, field in schema.get("properties", {}).items()
        if field.get("format") == "password"
    }
    chosen, known = (MIN_LENGTH, MAX_LENGTH), (None, MAX_LENGTH)
    assert set(told.values()) == {chosen, known}
    assert {name for name, lengths in told.items() if lengths == known} == {
        "Login.password",
        "PasswordChange.current_password",
    }


def test_every_field_of_every_shape_has_an_example(document: dict[str, Any]) -> None:
    shapes = {name: shape for name, shape in document["components"]["schemas"].items() if name not in OF_THE_KIT}
    bare = [
        f"{name}.{field}"
        for name, shape in shapes.items()
        for field, described in shape.get("properties", {}).items()
        if "example" not in described and "$ref" not in str(described)
    ]
    assert bare == []


OF_THE_KIT = {"Problem", "FieldError", "Error", "PaginationMetadata"}


@pytest.fixture
def production(settings: Settings) -> Settings:
    return replace(settings, environment="production", gateway_url="https://market.example.org", rate_limits=False)


def test_production_starts_among_strangers(production: Settings, database: Database) -> None:
    app = create_app(production, database)
    assert app.test_client().get("/.well-known/jwks.json").status_code == 200


def test_production_does_not_let_the_demonstrations_people_register(production: Settings, database: Database) -> None:
    body = {"email": "Admin@market.example", "password": "a long walk by the sea", "name": "Troll"}
    answer = create_app(production, database).test_client().post("/register", json=body)
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["type"] == "/problems/demo-person-refused"


def test_production_refuses_the_demonstrations_password(production: Settings, database: Database) -> None:
    body = {"email": "someone@example.org", "password": "demo-password-1", "name": "Some One"}
    answer = create_app(production, database).test_client().post("/register", json=body)
    assert answer.json
    assert answer.json["errors"][0]["message"].startswith("forbidden")


def test_production_starts_without_its_database_and_looks_before_it_answers(
    production: Settings, database: Database, registered: Registers
) -> None:
    nowhere = Database("postgresql+psycopg2://nobody@127.0.0.1:1/none", application_name="nowhere")
    app: Flask = create_app(production, nowhere)
    assert app.test_client().get("/.well-known/jwks.json").status_code == 503


def test_production_does_not_start_beside_the_demonstrations_people(
    production: Settings, database: Database, registered: Registers
) -> None:
    registered(email="customer@market.example")
    with pytest.raises(DemoPeopleFound):
        create_app(production, database)
    assert create_app(replace(production, environment="local"), database)
