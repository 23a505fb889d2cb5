"""What the command line refuses before anything begins, and a process that ends when it is told to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.migrations import service_environment
from tests.infrastructure.plugin import ServiceDatabase
from tests.infrastructure.servers import ROOT
from tests.integration.processes import ServiceProcess

NOWHERE = TestDatabase("none", *["postgresql+psycopg2://nobody@127.0.0.1:1/none"] * 3)
PRODUCTION = {"ENVIRONMENT": "production", "GATEWAY_URL": "https://market.example"}


@pytest.mark.parametrize("process", ["relay", "consumer", "scheduler", "web"])
def test_production_runs_nothing_that_may_kill_itself(process: str) -> None:
    environment = service_environment("vendor", NOWHERE, **PRODUCTION, FAILPOINTS="relay.confirmed:1")
    command = [sys.executable, "-m", "services.vendor", process]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "FAILPOINTS: is for tests, never for production" in done.stderr


def test_the_scheduler_is_ready_with_its_database_and_ends_when_told(
    service_database: ServiceDatabase, tmp_path: Path
) -> None:
    environment = service_environment("vendor", service_database("vendor"))
    process = ServiceProcess("vendor", "scheduler", environment, tmp_path / "output")
    process.start()
    try:
        process.wait_until_ready()
        assert process.stop(grace=10).code == 0
    finally:
        process.kill()
