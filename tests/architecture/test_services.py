"""Every service has the same doors, says what it owns, publishes and consumes, and somebody listens to every word."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from inspect import getdoc
from pathlib import Path

import pytest

from deploy.local import plan
from docs.generate.declared import services
from shared.events.event import known, published_by
from shared.messaging.handlers import Batched
from shared.runtime.service import Service
from tests.architecture.tree import ROOT, SERVICES, parsed, shown

DOORS = (
    "__init__.py",
    "__main__.py",
    "app.py",
    "settings.py",
    "models.py",
    "schemas.py",
    "consumers.py",
    "api",
    "domain",
    "migrations",
    "tests",
)
SHARED_BY_DOORS = {"__init__", "acting", "current", "cookies", "showing"}
every_service = pytest.mark.parametrize("service", services(), ids=lambda service: service.name)


def home(service: Service) -> Path:
    return ROOT / "services" / service.name


def functions_called(file: Path, name: str) -> Iterator[int]:
    """The lines on which a method of this name is called."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield node.lineno


def test_every_folder_of_services_is_a_service() -> None:
    folders = {found.name for found in (ROOT / "services").iterdir() if found.is_dir() and found.name != "__pycache__"}
    assert folders == {*SERVICES} == {service.name for service in services()}


@every_service
def test_a_service_has_every_door(service: Service) -> None:
    assert [door for door in DOORS if not (home(service) / door).exists()] == []


@every_service
def test_its_front_door_says_what_it_owns_publishes_and_consumes_and_holds_no_code(service: Service) -> None:
    front = parsed(home(service) / "__init__.py")
    said = ast.get_docstring(front) or ""
    names = [
        target.id
        for node in front.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    assert (len(front.body), names) == (2, ["__version__"])
    assert import_module(f"services.{service.name}").__version__ == service.version
    assert "Owns" in said
    published, _, consumed = said.partition("Consumes")
    assert [cls.type for cls in published_by(service.name) if cls.type not in published] == []
    assert [cls.type for cls in service.handlers if cls.type not in consumed] == []


@every_service
def test_a_handler_is_called_after_its_event_and_says_why_it_listens(service: Service) -> None:
    for cls, handler in service.handlers.items():
        function = handler.handle if isinstance(handler, Batched) else handler
        noun, verb = cls.type.split(".")
        plural = "s" if isinstance(handler, Batched) else ""
        assert function.__name__ == f"on_{noun}{plural}_{verb}"
        assert function.__module__ == f"services.{service.name}.consumers"
        assert getdoc(function)


@every_service
def test_the_same_noun_stands_in_api_and_tests(service: Service) -> None:
    nouns = {door.stem for door in (home(service) / "api").glob("*.py")} - {
        "__init__",
        "acting",
        "current",
        "cookies",
        "showing",
    }
    proved = {test.stem.removeprefix("test_") for test in (home(service) / "tests" / "api").glob("test_*.py")}
    assert nouns - proved == set()


@every_service
def test_rules_never_commit_and_doors_never_query(service: Service) -> None:
    commits = {shown(file): [*functions_called(file, "commit")] for file in (home(service) / "domain").rglob("*.py")}
    assert {file: lines for file, lines in commits.items() if lines} == {}
    for file in (home(service) / "api").glob("*.py"):
        imported = [
            node.names
            for node in ast.walk(parsed(file))
            if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy"
        ]
        assert not imported, f"{shown(file)} builds queries"
        assert not [*functions_called(file, "execute"), *functions_called(file, "scalars")], shown(file)


def test_somebody_listens_to_every_word() -> None:
    heard = {cls.type for service in services() for cls in service.handlers}
    assert heard == known().keys()


@every_service
def test_a_process_of_its_own_is_a_module_of_its_folder_and_the_local_system_finds_it(service: Service) -> None:
    folder = home(service) / "processes"
    assert {file.stem for file in folder.glob("[a-z]*.py")} == service.processes.keys()
    assert [*service.processes] == plan.kinds(service.name)[len(plan.KINDS) :]
    for name, module in service.processes.items():
        assert module == f"services.{service.name}.processes.{name}"
        assert callable(import_module(module).run)


def test_every_word_belongs_to_a_service_that_exists() -> None:
    assert {cls.publisher for cls in known().values()} <= {service.name for service in services()}
