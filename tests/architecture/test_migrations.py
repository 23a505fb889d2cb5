"""Migrations hold no lock that stops a running service: squawk passes them, and refuses what it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.checks import migrations
from tests.architecture.tree import ROOT

SQUAWK = Path(sys.executable).parent / "squawk"
HARMFUL = {
    "adding-required-field": "ALTER TABLE vendor ADD COLUMN phone text NOT NULL;",
    "ban-drop-column": "ALTER TABLE vendor DROP COLUMN name;",
    "renaming-column": "ALTER TABLE vendor RENAME COLUMN name TO title;",
    "changing-column-type": "ALTER TABLE vendor ALTER COLUMN name TYPE varchar(40);",
    "require-concurrent-index-creation": "CREATE INDEX vendor_code ON vendor (code);",
    "constraint-missing-not-valid": "ALTER TABLE vendor ADD CONSTRAINT named CHECK (name <> '');",
}


def squawk(*files: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SQUAWK, *files], cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_migration_passes() -> None:
    files = migrations()
    done = squawk(*files)
    assert files
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("rule", HARMFUL)
def test_a_migration_that_would_stop_a_running_service_is_refused(rule: str, tmp_path: Path) -> None:
    file = tmp_path / "next.sql"
    file.write_text(f"BEGIN;\nSET lock_timeout = '3s';\n{HARMFUL[rule]}\nCOMMIT;\n")
    done = squawk(str(file))
    assert done.returncode != 0
    assert rule in done.stdout
