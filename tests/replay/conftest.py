"""The two services of the inspection's tests, for replays between them; and the commands as a person runs them."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.migrations import service_environment
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
