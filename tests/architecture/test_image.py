"""An image holds `shared/` and one service, with the libraries that are declared for it, and boots from that alone."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from docs.generate.declared import NOWHERE
from tests.architecture.tree import ROOT, SERVICES, copy, modules, parsed

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BOOT = """
import importlib
from shared.kit.app import openapi_document
from shared.kit.database import Database
service = importlib.import_module("services.{name}.__main__").SERVICE
settings = service.settings()
app = service.create_app(settings, Database(settings.database_url, application_name="image"))
print(len(openapi_document(app)["paths"]))
"""
every_service = pytest.mark.parametrize("name", SERVICES)


def run(image: Path, *arguments: str) -> str:
    """Run Python in the image, where nothing of this project but the image can be imported."""
    env = {**os.environ, **NOWHERE, "PYTHONPATH": str(image), "PYTHONSAFEPATH": "1"}
    done = subprocess.run([sys.executable, *arguments], cwd=image, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def image(name: str, tmp_path: Path) -> Path:
    """What the image of a service holds."""
    return copy(tmp_path, "shared", "services/__init__.py", f"services/{name}")


@every_service
def test_the_command_line_works_from_the_image_alone(name: str, image: Path) -> None:
    shown = run(image, "-m", f"services.{name}", "--help")
    assert all(command in shown for command in ("web", "relay", "consumer", "scheduler", "migrate", "job", "Examples"))


@every_service
def test_the_application_is_made_from_the_image_alone(name: str, image: Path) -> None:
    assert int(run(image, "-c", BOOT.format(name=name))) > 0


@pytest.mark.parametrize("name", SERVICES[:1])
def test_an_image_without_a_shared_room_does_not_boot(name: str, image: Path) -> None:
    (image / "shared" / "kit" / "app.py").unlink()
    with pytest.raises(AssertionError, match=r"shared\.kit"):
        run(image, "-c", BOOT.format(name=name))


@pytest.mark.parametrize("room", [*(f"services/{name}" for name in SERVICES), "shared", "gateway"])
def test_every_library_that_a_room_imports_is_declared_for_it(room: str) -> None:
    extra = room.rpartition("/")[2]
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"].get(extra, [])]
    declared = {_normal(re.split(r"[<>=\[ ]", one, maxsplit=1)[0]) for one in wanted}
    providers = installed()
    missing = {
        name: providers.get(name)
        for name in _imported(room)
        if name not in sys.stdlib_module_names and not declared & {_normal(each) for each in providers.get(name, [])}
    }
    assert missing == {}


@cache
def installed() -> Mapping[str, list[str]]:
    """Which libraries bring an importable name; slow to find out."""
    return packages_distributions()


def _imported(room: str) -> set[str]:
    """The top-level names that a room's modules import, those for type checking apart."""
    found: set[str] = set()
    for file in modules(room):
        found |= {name for node in _running(parsed(file)) for name in _names(node)}
    return {name.partition(".")[0] for name in found} - {"shared", "services", "gateway"}


def _running(module: ast.Module) -> list[ast.AST]:
    typing_only = {
        inner
        for node in ast.walk(module)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    return [node for node in ast.walk(module) if node not in typing_only]


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
