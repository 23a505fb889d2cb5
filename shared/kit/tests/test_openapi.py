"""The document declares every answer an operation gives."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from shared.kit.app import openapi_document
from shared.kit.database import Database
from shared.kit.settings import Settings
from shared.kit.tests import test_idempotency, test_paging, test_rate
from shared.kit.tests.shop import open_shop, things


@pytest.fixture(scope="module")
def shop(settings: Settings, database: Database) -> Flask:
    return open_shop(settings, database, [things, test_paging.letters, test_rate.doors, test_idempotency.orders])


@pytest.fixture(scope="module")
def paths(shop: Flask) -> dict[str, Any]:
    return dict(openapi_document(shop)["paths"])


def statuses(operation: dict[str, Any]) -> set[str]:
    always = {"400", "414", "429", "431", "503"}
    assert always <= set(operation["responses"])
    return set(operation["responses"]) - always


def test_the_document_is_served_and_behind_the_gateways_prefix(shop: Flask) -> None:
    document = shop.test_client().get("/openapi.json").json
    assert document is not None
    assert (document["openapi"], document["servers"]) == ("3.1.0", [{"url": "/api"}])
    assert document["info"] == {"title": "Shop", "version": "1"}
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_refusals_are_declared_stated_or_not(paths: dict[str, Any]) -> None:
    created = paths["/things"]["post"]
    assert statuses(created) == {"201", "401", "403", "409", "413", "415", "422"}
    assert statuses(paths["/wishes"]["get"]) == {"200", "422"}
    assert statuses(paths["/parts/{part_id}"]["delete"]) == {"204", "401", "403", "404", "422"}
    assert "`name-taken`: Another thing has this name." in created["responses"]["409"]["description"]
    assert "`bad-json`" in created["responses"]["400"]["description"]


def test_refusals_are_problem_documents_and_answers_have_their_shape(paths: dict[str, Any]) -> None:
    responses = paths["/things"]["post"]["responses"]
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert all(responses[status]["content"] == problem for status in responses if status != "201")
    assert responses["201"]["content"]["application/json"]["schema"]["$ref"].endswith("/ThingView")
    assert "content" not in paths["/parts/{part_id}"]["delete"]["responses"]["204"]


def test_inputs_are_declared(paths: dict[str, Any]) -> None:
    body = paths["/things"]["post"]["requestBody"]
    assert body["required"] is True
    assert body["content"]["application/json"]["schema"]["$ref"].endswith("/NewThing")
    query = paths["/letters"]["get"]["parameters"]
    assert {one["name"]: one["in"] for one in query} == {"limit": "query", "cursor": "query", "title": "query"}
    assert next(one for one in query if one["name"] == "limit")["schema"]["maximum"] == 100
    names = {one["name"] for one in paths["/orders"]["post"]["parameters"]}
    assert names == {"Idempotency-Key"}
    assert paths["/things"]["post"]["summary"] == "Make a thing."
