"""The two services of the inspection's tests, for replays between them; and the commands as a person runs them."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.vendor.tests.conftest import settings_for
from services.vendor.tests.shop import Shop, empty
from shared.kit.database import Database
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.migrations import service_environment
from tests.infrastructure.plugin import ServiceDatabase
from tests.infrastructure.servers import ROOT
from tests.inspection.conftest import whole, world

__all__ = ["whole", "world"]

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def vendor_command() -> Command:
    """Runs `python -m services.vendor …` on a database, from this checkout or from another."""

    def run(
        at: TestDatabase, *arguments: str, root: Path = ROOT, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        given = service_environment("vendor", at, COLUMNS="80", **environment)
        command = [sys.executable, "-m", "services.vendor", *arguments]
        return subprocess.run(command, cwd=root, env=given, capture_output=True, text=True, timeout=120, check=False)

    return run


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Another checkout: a copy of this one's sources, to be changed."""
    for folder in ("services", "shared", "deploy", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


@pytest.fixture(scope="module")
def at(service_database: ServiceDatabase) -> TestDatabase:
    """A database of the vendor service."""
    return service_database("vendor")


@pytest.fixture
def shop(at: TestDatabase) -> Iterator[Shop]:
    """Vendor A with a link, in tables that were emptied before."""
    settings = settings_for(at)
    empty(settings)
    database = Database(settings.database_url, application_name="shop")
    yield Shop(database, settings)
    database.dispose()


def change(source: Path, before: str, after: str) -> None:
    """Replace something in a source, which must be there."""
    words = source.read_text()
    assert words.count(before) == 1
    source.write_text(words.replace(before, after))
