"""`make lint` and `make test`: every check, each told as it goes, and one answer at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from deploy.local import bootstrap, checkout
from shared.kit.schema import render_sql

BIN = Path(sys.executable).parent
_AS_MIGRATED = "SET lock_timeout = '3s';\n"  # as shared.kit.schema.migrate sets it on its connection
FILES = ["shared", "services", "gateway", "deploy", "docs", "tests", "benchmarks", "conftest.py"]


def lint() -> list[list[str]]:
    """Format, lint, types, import contracts, and migrations that would hold a lock too long."""
    python = [str(BIN / "python"), "-m"]
    return [
        [str(BIN / "ruff"), "check", "."],
        [str(BIN / "ruff"), "format", "--check", "."],
        [*python, "mypy", *FILES],
        [str(BIN / "lint-imports")],
        [str(BIN / "squawk"), *migrations()],
    ]


def migrations() -> list[str]:
    """Every revision of each service and shared room, rendered as SQL without a database: a file per transaction."""
    folder = checkout.LOCAL / "sql"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rendered = []
    for versions in sorted(checkout.ROOT.glob("s*/*/migrations")):
        for number, step in enumerate(render_sql([versions]).split("COMMIT;")):
            if step.strip():
                file = folder / f"{versions.parent.name}-{number:03}.sql"
                file.write_text(f"{_AS_MIGRATED}{step}COMMIT;")
                rendered.append(str(file.relative_to(checkout.ROOT)))
    return rendered


def tests() -> list[list[str]]:
    """Every test, one run: files side by side, the fault suite and running systems one after another."""
    workers = os.environ.get("TEST_WORKERS", str(max(2, os.cpu_count() or 2)))
    return [[str(BIN / "python"), "-m", "pytest", "-n", workers, "--dist", "loadfile", "--durations=10"]]


STAGES = {"lint": lint, "test": tests}


def main(stages: list[str]) -> int:
    """Run the stages' commands, all of them even when one fails; 1 when any failed."""
    env = bootstrap.environment()
    failed = []
    for command in [command for stage in stages for command in STAGES[stage]()]:
        shown = " ".join(Path(part).name if part.startswith(str(BIN)) else part for part in command[:6])
        print(f"== {shown}", flush=True)
        began = time.monotonic()
        if subprocess.run(command, cwd=checkout.ROOT, env=env, check=False).returncode:
            failed.append(shown)
        print(f"== {time.monotonic() - began:.0f} s", flush=True)
    for shown in failed:
        print(f"failed: {shown}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
