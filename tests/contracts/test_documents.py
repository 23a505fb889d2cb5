"""The generated documents are up to date, sound, and hold together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from asyncapi3 import AsyncAPI3
from click.testing import CliRunner

from docs.generate.__main__ import generate
from docs.generate.declared import app_of, services
from docs.generate.documents import documents, drift
from docs.generate.json_schemas import DIALECT
from shared.events.event import known, published_by
from shared.messaging.handlers import Batched
from shared.runtime.service import Service

ROOT = Path(__file__).parents[2]
SERVICES = services()
every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def stored(kind: str, service: Service) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "docs" / kind / f"{service.name}.json").read_text())
    return document


def references(node: Any) -> Iterator[str]:
    """Every `$ref` inside."""
    if isinstance(node, dict):
        yield from [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from references(inner)


def resolved(document: Any, reference: str) -> Any:
    """What a local reference points to; `KeyError` if to nothing."""
    for part in reference.removeprefix("#/").split("/"):
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


def test_no_document_differs_from_what_the_code_says() -> None:
    assert drift(documents()) == [], "run `make docs`"


def test_a_changed_or_missing_document_is_found(tmp_path: Path) -> None:
    wanted = {Path("docs/a.md"): "as it is", Path("docs/b.md"): "new"}
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("as it was")
    assert drift(wanted, tmp_path) == [Path("docs/a.md"), Path("docs/b.md")]


def test_the_command_only_looks_when_asked_to_check() -> None:
    done = CliRunner().invoke(generate, ["--check"])
    assert (done.exit_code, done.output) == (0, "")


@every_service
def test_the_openapi_document_is_sound_and_the_running_apps_own(service: Service) -> None:
    document = stored("openapi", service)
    schemathesis.openapi.from_dict(document).validate()
    assert document["openapi"].startswith("3.1")
    assert app_of(service).test_client().get("/openapi.json").json == document


@every_service
def test_every_operation_says_what_it_does_and_who_may_call_it(service: Service) -> None:
    for path, operations in stored("openapi", service)["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                assert operation.get("summary"), f"{method} {path} has no docstring"
                assert operation.get("x-roles"), f"{method} {path} does not state who may call it"


@every_service
def test_every_field_of_every_shape_shows_an_example(service: Service) -> None:
    shapes = stored("openapi", service)["components"]["schemas"]
    fields = {f"{name}.{field}": says for name, shape in shapes.items() for field, says in shape["properties"].items()}
    assert [name for name, says in fields.items() if not {"example", "$ref", "items", "anyOf"} & says.keys()] == []


@every_service
def test_no_shape_is_left_that_no_operation_uses(service: Service) -> None:
    document = stored("openapi", service)
    used = set(references(document))
    assert {f"#/components/schemas/{name}" for name in document["components"]["schemas"]} == used


@every_service
def test_the_asyncapi_document_is_sound(service: Service) -> None:
    AsyncAPI3.model_validate(stored("asyncapi", service))


@every_service
def test_every_reference_points_to_something(service: Service) -> None:
    for kind in ("asyncapi", "openapi"):
        document = stored(kind, service)
        assert all(resolved(document, reference) for reference in references(document))


@every_service
def test_every_message_shows_bodies_that_are_as_its_schema_says(service: Service) -> None:
    document = stored("asyncapi", service)
    for message in document["components"]["messages"].values():
        validator = jsonschema_rs.validator_for(resolved(document, message["payload"]["$ref"]), validate_formats=True)
        assert message["examples"]
        assert all(validator.is_valid(example["payload"]) for example in message["examples"])


@every_service
def test_a_service_sends_its_own_words_and_receives_what_its_handlers_take(service: Service) -> None:
    operations = stored("asyncapi", service)["operations"].values()
    by_action = {
        action: {
            operation["channel"]["$ref"].rpartition("/")[2] for operation in operations if operation["action"] == action
        }
        for action in ("send", "receive")
    }
    assert by_action["send"] == {cls.__name__ for cls in published_by(service.name)}
    assert by_action["receive"] == {cls.__name__ for cls in service.handlers}


def test_every_schema_of_an_event_is_sound() -> None:
    for cls in known().values():
        schema = json.loads((ROOT / "docs" / "schemas" / cls.type / f"{cls.version}.json").read_text())
        assert schema["$schema"] == DIALECT
        jsonschema_rs.meta.validate(schema)


def test_the_page_of_events_names_every_event_and_every_listener_with_a_reason() -> None:
    page = (ROOT / "docs" / "events.md").read_text()
    for cls in known().values():
        (row,) = (line for line in page.splitlines() if f"[`{cls.type}`]" in line)
        for service in SERVICES:
            handler = service.handlers.get(cls)
            function = handler.handle if isinstance(handler, Batched) else handler
            assert (f"**{service.name}**: " in row) == (function is not None)
            assert function is None or function.__doc__, f"{function} does not say why it listens"
