"""What the command line refuses before anything begins."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.migrations import service_environment
from tests.infrastructure.servers import ROOT

NOWHERE = TestDatabase("none", *["postgresql+psycopg2://nobody@127.0.0.1:1/none"] * 3)
PRODUCTION = {"ENVIRONMENT": "production", "GATEWAY_URL": "https://market.example"}


@pytest.mark.parametrize("process", ["relay", "consumer", "web"])
def test_production_runs_nothing_that_may_kill_itself(process: str) -> None:
    environment = service_environment("vendor", NOWHERE, **PRODUCTION, FAILPOINTS="relay.confirmed:1")
    command = [sys.executable, "-m", "services.vendor", process]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "FAILPOINTS: is for tests, never for production" in done.stderr
