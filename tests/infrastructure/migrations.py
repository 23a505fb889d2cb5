"""Filling a service's template database by the command that an operator runs: `python -m services.X migrate`."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.servers import ROOT


def migrate_by_command(service: str, database: TestDatabase) -> None:
    """Run the service's migrations as its owner role; refuses with what the command printed."""
    command = [sys.executable, "-m", f"services.{service}", "migrate"]
    done = subprocess.run(
        command, env=service_environment(service, database), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def service_environment(service: str, database: TestDatabase, **more: str) -> dict[str, str]:
    """The variables a service's process reads, for a test's database; `more` wins."""
    settings = {
        "SERVICE": service,
        "ENVIRONMENT": "local",
        "DATABASE_URL": database.url,
        "MIGRATE_DATABASE_URL": database.owner_url,
        "BROKER_URL": os.environ.get("TEST_BROKER_URL", "amqp://127.0.0.1:1//"),
        "HTTP_PORT": "1",
        "INTERNAL_PORT": "2",
        "GATEWAY_URL": "http://localhost:8000",
        "JWKS_URL": "http://127.0.0.1:1/.well-known/jwks.json",
        "SECRET_KEY": "tests-only-" + "0" * 40,
    }
    return {**os.environ, **settings, **more}
