"""What was measured, the ratios that are promised of it, and how both are shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.contests import Run


@dataclass(frozen=True)
class Promise:
    """That one entrant of a contest is at least so many times as fast as another, by the medians of one run."""

    contest: str
    ours: str
    peer: str
    at_least: float


PROMISES = (
    Promise("relay", "relay", "kombu, one confirm a row", 10),
    Promise("consumer", "consumer", "nameko", 7),
    Promise("chain", "relay, broker, consumer", "naive ORM chain", 10),
)
P50_MS, P99_MS = 10.0, 30.0


@dataclass
class Results:
    """Every run by contest and entrant, and the latencies in milliseconds."""

    runs: dict[str, dict[str, list[Run]]] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    def note(self, contest: str, entrant: str, run: Run) -> None:
        """Keep one run."""
        self.runs.setdefault(contest, {}).setdefault(entrant, []).append(run)

    def rate(self, contest: str, entrant: str) -> float:
        """The median of an entrant's rates, in events a second."""
        return median(run.rate for run in self.runs[contest][entrant])

    def cpu(self, contest: str, entrant: str) -> float | None:
        """The median of an entrant's CPU time, in µs an event, where it was taken."""
        times = [run.cpu for run in self.runs[contest][entrant] if run.cpu is not None]
        return median(times) if times else None

    def ratio(self, promise: Promise) -> float:
        """How many times as fast."""
        return self.rate(promise.contest, promise.ours) / self.rate(promise.contest, promise.peer)

    def quantile(self, share: float) -> float:
        """The latency that so large a share did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]

    def verdicts(self) -> list[tuple[str, bool]]:
        """Each promise about what was measured: in words, and whether it held."""
        kept = [(self._words(promise), self.ratio(promise) >= promise.at_least) for promise in self._measured()]
        for share, most in ((0.5, P50_MS), (0.99, P99_MS)) if self.latencies else ():
            found = self.quantile(share)
            kept.append((f"commit → mapping p{share * 100:.0f} {found:.1f} ms (promised ≤ {most:.0f})", found <= most))
        return kept

    def as_json(self) -> dict[str, Any]:
        """All of it, for programs."""
        contests = {
            contest: {name: [run._asdict() for run in runs] for name, runs in entrants.items()}
            for contest, entrants in self.runs.items()
        }
        ratios = [{**asdict(promise), "ratio": self.ratio(promise)} for promise in self._measured()]
        quantiles = {f"p{share * 100:g}": self.quantile(share) for share in (0.5, 0.9, 0.99, 0.999) if self.latencies}
        verdicts = [{"promise": words, "held": held} for words, held in self.verdicts()]
        return {"contests": contests, "ratios": ratios, "latency_ms": quantiles, "verdicts": verdicts}

    def _measured(self) -> list[Promise]:
        return [promise for promise in PROMISES if promise.peer in self.runs.get(promise.contest, {})]

    def _words(self, promise: Promise) -> str:
        ratio = self.ratio(promise)
        return f"{promise.ours} {ratio:.1f} × {promise.peer} (promised ≥ {promise.at_least:.0f} ×)"


def show(results: Results, console: Console) -> None:
    """Print a table for each contest, the histogram of latencies, and the verdicts."""
    for contest, entrants in results.runs.items():
        console.print(_table(results, contest, list(entrants)))
    if results.latencies:
        _histogram(results, console)
    for words, held in results.verdicts():
        console.print(f"[{'green' if held else 'red'}]{'held' if held else 'MISSED'}[/] {words}")


def _table(results: Results, contest: str, entrants: list[str]) -> Table:
    table = Table(title=contest, title_justify="left")
    for column in ("", "events/s", "of ours", "CPU µs/event", "rounds"):
        table.add_column(column, justify="left" if not column else "right")
    ours = results.rate(contest, entrants[0])
    for name in entrants:
        rate, cpu = results.rate(contest, name), results.cpu(contest, name)
        rounds = " ".join(f"{run.rate:,.0f}" for run in results.runs[contest][name])
        table.add_row(name, f"{rate:,.0f}", f"{rate / ours:.2f}", f"{cpu:,.0f}" if cpu else "", rounds)
    return table


def _histogram(results: Results, console: Console) -> None:
    edges = [2, 4, 6, 8, 10, 15, 20, 30, 50, 100, 500, float("inf")]
    console.print(f"commit → mapping, {len(results.latencies)} registrations")
    below = 0.0
    for edge in edges:
        count = sum(below <= latency < edge for latency in results.latencies)
        label = f"{below:g}–{edge:g} ms" if edge != edges[-1] else f"≥ {below:g} ms"
        console.print(f"{label:>12} {'█' * round(60 * count / len(results.latencies))} {count}", highlight=False)
        below = edge
