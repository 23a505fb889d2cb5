"""`make lint` and `make test`: every check, each told as it goes, and one answer at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from deploy.local import bootstrap, checkout

BIN = Path(sys.executable).parent
FILES = ["shared", "services", "gateway", "deploy", "tests", "conftest.py"]


def lint() -> list[list[str]]:
    """Format, lint, types, import contracts, and migrations that would hold a lock too long."""
    migrations = sorted(str(file.relative_to(checkout.ROOT)) for file in checkout.ROOT.glob("*/*/migrations/**/*.sql"))
    squawk = [[str(BIN / "squawk"), *migrations]] if migrations else []
    python = [str(BIN / "python"), "-m"]
    return [
        [str(BIN / "ruff"), "check", "."],
        [str(BIN / "ruff"), "format", "--check", "."],
        [*python, "mypy", *FILES],
        [str(BIN / "lint-imports")],
        *squawk,
    ]


def tests() -> list[list[str]]:
    """Every test, one run: files side by side, the fault suite and running systems one after another."""
    workers = os.environ.get("TEST_WORKERS", str(max(2, os.cpu_count() or 2)))
    return [[str(BIN / "python"), "-m", "pytest", "-n", workers, "--dist", "loadgroup", "--durations=10"]]


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
