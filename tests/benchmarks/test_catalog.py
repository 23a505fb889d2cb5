"""The catalog benchmark runs to its end and reports every part; times are not judged here."""

import json
import subprocess
import sys

import pytest

from benchmarks.asking import Run
from benchmarks.catalog import SEARCH, Measured
from benchmarks.shopfronts import NODE, OURS, PLAIN
from tests.infrastructure.servers import ROOT


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.catalog", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)


def test_a_quick_run_measures_pages_searches_and_mappings() -> None:
    done = benchmark("--quick", "--ours", "--json")
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    assert list(found["runs"]) == [OURS, "limit: SQL alone", SEARCH]
    assert all(run["rate"] > 0 and run["cpu"] > 0 for runs in found["runs"].values() for run in runs)
    assert found["visible"]
    assert min(found["visible"]) > 0


def test_its_help_shows_examples() -> None:
    assert "python -m benchmarks.catalog --quick" in benchmark("--help").stdout


@pytest.mark.parametrize(("rate", "held"), [(250.0, True), (249.0, False)])
def test_a_promise_is_judged_by_the_medians_of_one_run(rate: float, held: bool) -> None:
    measured = Measured(1000, 0.0, open={NODE: "there is no node"}, visible=[20.0, 50.0])
    for each in (1.0, rate, 10_000.0):
        measured.note(OURS, Run(each, 1, 2, 3))
    measured.note(PLAIN, Run(100.0, 1, 2, 3))
    measured.note(SEARCH, Run(100.0, 1, 50.0, 3))
    assert [kept for _, kept in measured.verdicts()] == [held, True, False]
    measured.visible = [10.0] * 200
    assert measured.verdicts()[-1][1]
