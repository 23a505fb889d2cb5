"""A file's tests stay on one worker, heavy suites share one, and a skipped test fails a run in CI."""

import os
import subprocess
import sys
from pathlib import Path

from tests.infrastructure.servers import ROOT

WHO = "import os, pathlib\ndef note(name):\n    with pathlib.Path('{log}').open('a') as log:\n"
WHO += "        log.write(name + ' ' + os.environ['PYTEST_XDIST_WORKER'] + '\\n')\n"


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.infrastructure.order", "-c", str(folder / "pytest.ini")]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_") and name != "CI"}
    return subprocess.run(
        [*command, *arguments, str(folder)], cwd=ROOT, env={**env, **more}, capture_output=True, text=True, check=False
    )


def test_groups_stay_on_one_worker(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for name in ("tests/one", "tests/two", "tests/faults/heavy", "tests/local/heavier"):
        file = tmp_path / Path(name).parent / f"test_{Path(name).name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        group = "alone" if name.count("/") == 2 else name
        tests = [f"def test_{number}():\n    note('{group}')\n" for number in range(6)]
        file.write_text(WHO.format(log=log) + "".join(tests))
    done = run(tmp_path, "-n", "2", "--dist", "loadfile")
    assert done.returncode == 0, done.stdout
    workers: dict[str, set[str]] = {}
    for line in log.read_text().splitlines():
        name, worker = line.split()
        workers.setdefault(name, set()).add(worker)
    assert {name: len(found) for name, found in workers.items()} == {"tests/one": 1, "tests/two": 1, "alone": 1}


def test_a_skipped_test_fails_the_run_in_ci_only(tmp_path: Path) -> None:
    (tmp_path / "test_skipped.py").write_text("import pytest\ndef test_it():\n    pytest.skip('no time')\n")
    assert run(tmp_path).returncode == 0
    in_ci = run(tmp_path, CI="true")
    assert in_ci.returncode == 1
    assert "skipped tests fail in CI" in in_ci.stdout
