"""The checkout benchmark runs to its end and reports every part; times are not judged here."""

import json
import subprocess
import sys

import pytest

from benchmarks.checkout import FEW, MANY, Measured, Run
from benchmarks.splits import ORM, OURS, PGBENCH, Split
from tests.infrastructure.servers import ROOT


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.checkout", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)


def test_a_quick_run_measures_checkouts_and_splits() -> None:
    done = benchmark("--quick", "--json")
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    assert list(found["runs"]) == [str(FEW), str(MANY)]
    assert all(run["rate"] > 0 and run["cpu"] > 0 for runs in found["runs"].values() for run in runs)
    assert list(found["splits"]) == [OURS, ORM, PGBENCH]
    assert found["statements"]["ordering-web"] > 5
    assert found["statements"]["catalog-consumer"] > 1
    assert {"PostgreSQL", "RabbitMQ", "nginx", "ordering-web"} <= found["cpu"].keys()


def test_its_help_shows_examples() -> None:
    assert "python -m benchmarks.checkout --quick" in benchmark("--help").stdout


@pytest.mark.parametrize(
    ("rate", "p99", "statements", "alone", "held"),
    [
        (150.0, 300.0, 40.0, (600.0, 100.0, 750.0), [True] * 5),
        (149.0, 301.0, 40.1, (599.0, 100.0, 750.0), [False] * 5),
    ],
)
def test_a_promise_is_judged_by_the_medians_of_one_run(
    rate: float, p99: float, statements: float, alone: tuple[float, ...], held: list[bool]
) -> None:
    measured = Measured(0.0, statements={"ordering-web": statements - 10, "catalog-consumer": 10})
    measured.runs[MANY] = [Run(each, 1, 2, 3, p99, 5, 6) for each in (1.0, rate, 10_000.0)]
    measured.splits = {
        name: [Split(1.0, 1), Split(each, 1), Split(9e9, 1)]
        for name, each in zip((OURS, ORM, PGBENCH), alone, strict=True)
    }
    assert [kept for _, kept in measured.verdicts()] == held
