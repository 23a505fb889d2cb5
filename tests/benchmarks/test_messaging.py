"""The messaging benchmark runs to its end and reports every part; times are not judged here."""

import json
import subprocess
import sys

import pytest

from benchmarks.contests import Run
from benchmarks.results import Results
from tests.infrastructure.servers import ROOT


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)


def test_a_quick_run_measures_every_part() -> None:
    done = benchmark("--quick", "--ours", "--json")
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    assert {contest: list(entrants) for contest, entrants in found["contests"].items()} == {
        "relay": ["relay", "limit: frames made beforehand"],
        "consumer": ["consumer", "limit: SQL alone"],
        "chain": ["relay, broker, consumer"],
    }
    assert all(run["rate"] > 0 for entrants in found["contests"].values() for runs in entrants.values() for run in runs)
    assert 0 < found["latency_ms"]["p50"] <= found["latency_ms"]["p99"]


def test_its_help_shows_examples() -> None:
    assert "python -m benchmarks --quick" in benchmark("--help").stdout


@pytest.mark.parametrize(("consumer", "held"), [(700.0, True), (699.0, False)])
def test_a_promise_is_judged_by_the_medians(consumer: float, held: bool) -> None:
    results = Results()
    for rate in (1.0, consumer, 10_000.0):
        results.note("consumer", "consumer", Run(rate))
    results.note("consumer", "nameko", Run(100.0))
    assert [kept for _, kept in results.verdicts()] == [held]


def test_a_latency_is_judged_by_its_quantile() -> None:
    results = Results(latencies=[5.0] * 98 + [40.0, 50.0])
    assert dict(results.verdicts()) == {
        "commit → mapping p50 5.0 ms (promised ≤ 10)": True,
        "commit → mapping p99 50.0 ms (promised ≤ 30)": False,
    }
