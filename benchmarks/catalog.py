"""The catalog benchmark: a page of products beside a plain version, a Node server and SQL alone; searches; mappings."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any, NamedTuple

import click
from rich.console import Console
from rich.table import Table

from benchmarks import asking, shelf, shopfronts, visible
from benchmarks.asking import Run
from benchmarks.shopfronts import NODE, OURS, PLAIN
from benchmarks.stage import Stage, Store, postgres_alone, raised

SQL, SEARCH = "limit: SQL alone", "search"
PROMISES = {PLAIN: 2.5, NODE: 0.5}
"""How many answers a second ours gives for one of the peer's, at least."""
SEARCH_P99_MS, VISIBLE_P99_MS = 50.0, 50.0
MEMORY = "512MB"
"""Of PostgreSQL: 100,000 products fit, as they should wherever so many are sold."""
PAGE_CLIENTS, SEARCH_CLIENTS = 8, 16
EPILOG = """\b
Examples:
  python -m benchmarks.catalog                      100,000 products, as `make bench` does
  python -m benchmarks.catalog --quick              half a minute, to see that it works
  python -m benchmarks.catalog --json > result.json

Exit code: 0 if every promise that could be measured held, 1 if one did not.
"""


class Scale(NamedTuple):
    """How many products and rounds, and the seconds of each turn."""

    products: int
    rounds: int
    seconds: float


FULL, QUICK = Scale(100_000, 5, 8.0), Scale(3_000, 1, 2.0)


@dataclass
class Measured:
    """The runs of every entrant, and which promises could not be measured, with the reason."""

    products: int
    load: float
    runs: dict[str, list[Run]] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    visible: list[float] = field(default_factory=list)
    """Milliseconds from each mapping to its customer's sight of linked products."""

    def note(self, name: str, run: Run) -> None:
        """Keep one run."""
        self.runs.setdefault(name, []).append(run)

    def of(self, name: str) -> Run:
        """The medians over the rounds."""
        return Run(*(median(values) for values in zip(*self.runs[name], strict=True)))

    def verdicts(self) -> list[tuple[str, bool]]:
        """Each promise that was measured: in words, and whether it held."""
        found = [self._times(peer, least) for peer, least in PROMISES.items() if peer in self.runs]
        p99 = self.of(SEARCH).p99
        words = f"search p99 {p99:.1f} ms at {SEARCH_CLIENTS} clients (promised ≤ {SEARCH_P99_MS:.0f})"
        return [*found, (words, p99 <= SEARCH_P99_MS), self._seen()]

    def _seen(self) -> tuple[str, bool]:
        places = quantiles(self.visible, n=100)
        words = f"mapping → visible p50 {places[49]:.1f} ms, p99 {places[98]:.1f} ms (promised ≤ {VISIBLE_P99_MS:.0f})"
        return words, places[98] <= VISIBLE_P99_MS

    def _times(self, peer: str, least: float) -> tuple[str, bool]:
        ratio, saved = self.of(OURS).rate / self.of(peer).rate, self.of(peer).cpu / self.of(OURS).cpu
        words = f"a page {ratio:.2f} × {peer} (promised ≥ {least} ×); {saved:.2f} × by CPU time"
        return words, ratio >= least


@click.command(epilog=EPILOG, help=__doc__)
@click.option("--quick", is_flag=True, help="Few products, one short round: shows that it runs, proves nothing.")
@click.option("--products", type=click.IntRange(1000), help=f"How many there are [{FULL.products:,}].")
@click.option("--rounds", type=click.IntRange(1), help="Medians are taken over them.")
@click.option("--ours", is_flag=True, help="Leave the peers out, and install nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON; progress goes to standard error.")
def main(quick: bool, products: int | None, rounds: int | None, ours: bool, as_json: bool) -> None:
    scale = QUICK if quick else FULL
    scale = scale._replace(products=products or scale.products, rounds=rounds or scale.rounds)
    measured = Measured(scale.products, os.getloadavg()[0])
    if not ours and (missing := shopfronts.install_node()):
        measured.open[NODE] = missing
        _say(f"NOT MEASURED beside {NODE}: {missing}")
    with postgres_alone(shared_buffers=MEMORY) as stage, stage.database("catalog") as store:
        shelf.fill(store, scale.products, _say)
        measure(measured, stage, store, scale, peers=not ours)
    with raised() as stage:
        measured.visible = visible.measure(stage, scale.seconds * scale.rounds, _say)
    if as_json:
        click.echo(json.dumps(_as_json(measured)))
    else:
        _show(measured)
    raise SystemExit(0 if all(held for _, held in measured.verdicts()) else 1)


def measure(measured: Measured, stage: Stage, store: Store, scale: Scale, *, peers: bool) -> None:
    """Take turns, so that the machine's moods meet everybody; the first turn of each is not counted."""
    pages, searches = asking.pages(store, scale.products), asking.searches()
    with shopfronts.opened(stage, store, peers=peers, node=peers and NODE not in measured.open) as fronts:
        asking.compare(fronts, pages[:100])
        for number in range(scale.rounds + 1):
            seconds = scale.seconds if number else min(2.0, scale.seconds)
            turns = {
                name: asking.ask(front, pages, clients=PAGE_CLIENTS, seconds=seconds, seed=number)
                for name, front in fronts.items()
            }
            turns[SQL] = asking.sql_alone(stage, store, pages, clients=PAGE_CLIENTS, seconds=seconds)
            turns[SEARCH] = asking.ask(fronts[OURS], searches, clients=SEARCH_CLIENTS, seconds=seconds, seed=number)
            for name, run in turns.items() if number else ():
                measured.note(name, run)
                _say(f"round {number} of {scale.rounds}: {name} {run.rate:,.0f}/s, {run.cpu:.2f} ms CPU")


def _as_json(measured: Measured) -> dict[str, Any]:
    runs = {name: [run._asdict() for run in runs] for name, runs in measured.runs.items()}
    verdicts = [{"promise": words, "held": held} for words, held in measured.verdicts()]
    return {**asdict(measured), "runs": runs, "verdicts": verdicts}


def _show(measured: Measured) -> None:
    console = Console()
    title = f"{measured.products:,} products, load {measured.load:.1f} at the start; page: {PAGE_CLIENTS} clients"
    table = Table(title=title, title_justify="left")
    for column in ("", "answers/s", "of ours", "p50 ms", "p99 ms", "CPU ms", "client's ms", "rounds"):
        table.add_column(column, justify="left" if not column else "right")
    for name, runs in measured.runs.items():
        run, rates = measured.of(name), " ".join(f"{each.rate:,.0f}" for each in runs)
        times = (f"{value:.2f}" if value else "" for value in (run.p50, run.p99, run.cpu, run.client))
        table.add_row(name, f"{run.rate:,.0f}", f"{run.rate / measured.of(OURS).rate:.2f}", *times, rates)
    console.print(table)
    for words, held in measured.verdicts():
        console.print(f"[{'green' if held else 'red'}]{'held' if held else 'MISSED'}[/] {words}")
    for peer, reason in measured.open.items():
        console.print(f"[yellow]OPEN[/] not measured beside {peer}: {reason}")


def _say(words: str) -> None:
    click.echo(words, err=True)


if __name__ == "__main__":
    main()
