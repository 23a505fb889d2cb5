"""The checkout benchmark: eight items of four vendors through the gateway until it stands; and the split alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from benchmarks import goods, splits, till
from benchmarks.counting import counted
from benchmarks.splits import ORM, OURS, PGBENCH, Split
from benchmarks.stage import Stage, Store, raised
from benchmarks.till import Till
from benchmarks.timing import cpu_seconds
from tests.infrastructure.servers import ROOT

FEW, MANY = 1, 8
"""Clients."""
ORDERS_A_SECOND, STATEMENTS, CONFIRMED_P99_MS = 150, 40, 300
TIMES_ORM, OF_PGBENCH = 6.0, 0.8
CARTS = 300
PEERS = "On a quiet machine of this size Vendure took 3.5 such orders a second, Medusa 1.4."
EPILOG = """\b
Examples:
  python -m benchmarks.checkout                     as `make bench` does
  python -m benchmarks.checkout --quick             half a minute, to see that it works
  python -m benchmarks.checkout --json > result.json

Exit code: 0 if every promise held, 1 if one did not.
"""
_CONFIRMED = """
    SELECT order_id, max(extract(epoch FROM pg_xact_commit_timestamp(xmin))) AS at FROM vendor_order
    WHERE order_id = ANY(:orders) GROUP BY order_id
"""


class Scale(NamedTuple):
    """How many rounds, the seconds of each turn and of the first that does not count, and how many orders are split."""

    rounds: int
    seconds: float
    warm_up: float
    splits: int


FULL, QUICK = Scale(5, 10.0, 5.0, 1000), Scale(1, 1.0, 0.5, 20)


class Refused(RuntimeError):
    """An order was not taken, or does not stand."""


class Run(NamedTuple):
    """Orders a second, milliseconds from sending the order to its 202 and to the commit that lets it stand, and the CPU
    time of one in ms over all processes but the client."""

    rate: float
    taken_p50: float
    taken_p99: float
    confirmed_p50: float
    confirmed_p99: float
    cpu: float
    client: float


@dataclass
class Measured:
    """The runs by clients and the splits by contestant, the CPU ms and the statements of an order by process."""

    load: float
    runs: dict[int, list[Run]] = field(default_factory=dict)
    splits: dict[str, list[Split]] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    statements: dict[str, float] = field(default_factory=dict)

    def of(self, clients: int) -> Run:
        """The medians over the rounds."""
        return Run(*(median(values) for values in zip(*self.runs[clients], strict=True)))

    def split(self, name: str) -> Split:
        """The medians over the rounds."""
        return Split(*(median(values) for values in zip(*self.splits[name], strict=True)))

    def verdicts(self) -> list[tuple[str, bool]]:
        """Each promise: in words, and whether it held."""
        run, sent = self.of(MANY), sum(self.statements.values())
        ours, orm, pgbench = (self.split(name) for name in (OURS, ORM, PGBENCH))
        times, share = ours.rate / orm.rate, ours.rate / pgbench.rate
        return [
            (f"{run.rate:.0f} orders/s at {MANY} clients (promised ≥ {ORDERS_A_SECOND})", run.rate >= ORDERS_A_SECOND),
            (f"{sent:.1f} statements an order (promised ≤ {STATEMENTS})", sent <= STATEMENTS),
            (
                f"confirmed p99 {run.confirmed_p99:.0f} ms at {MANY} clients (promised ≤ {CONFIRMED_P99_MS})",
                run.confirmed_p99 <= CONFIRMED_P99_MS,
            ),
            (
                f"{OURS} {times:.1f} × {ORM} (promised ≥ {TIMES_ORM:.0f} ×); {orm.cpu / ours.cpu:.1f} × by CPU time",
                times >= TIMES_ORM,
            ),
            (f"{OURS} {share:.0%} of it by pgbench (promised ≥ {OF_PGBENCH:.0%})", share >= OF_PGBENCH),
        ]


@click.command(epilog=EPILOG, help=__doc__)
@click.option("--quick", is_flag=True, help="One short round: shows that it runs, proves nothing.")
@click.option("--rounds", type=click.IntRange(1), help="Medians are taken over them.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON; progress goes to standard error.")
def main(quick: bool, rounds: int | None, as_json: bool) -> None:
    scale = QUICK if quick else FULL
    scale = scale._replace(rounds=rounds or scale.rounds)
    measured = Measured(os.getloadavg()[0])
    with raised() as stage, stage.database("catalog") as catalog, stage.database("ordering") as ordering:
        carts = goods.carts(goods.fill(catalog, ordering), CARTS)
        with till.opened(stage, catalog, ordering) as place:
            measure(measured, stage, place, (catalog, ordering), carts, scale)
        measure_splits(measured, stage, ordering, carts, scale)
    if as_json:
        click.echo(json.dumps(_as_json(measured)))
    else:
        _show(measured)
    raise SystemExit(0 if all(held for _, held in measured.verdicts()) else 1)


def measure(
    measured: Measured,
    stage: Stage,
    place: Till,
    stores: tuple[Store, Store],
    carts: list[dict[str, int]],
    scale: Scale,
) -> None:
    """Buy with one client and with many in turns; then once more while statements are counted."""
    ordering = stores[1]
    _buy(place, ordering, carts, MANY, scale.warm_up)
    for store in stores:
        store.vacuum()
    spent: list[dict[str, float]] = []
    for number in range(1, scale.rounds + 1):
        for clients in (FEW, MANY):
            before = _spent(place)
            met = _buy(place, ordering, carts, clients, scale.seconds)
            count = len(met["orders"])
            cpu = {name: (used - before[name]) / count * 1000 for name, used in _spent(place).items()}
            run = _run(ordering, met, sum(cpu.values()))
            measured.runs.setdefault(clients, []).append(run)
            spent += [cpu] if clients == MANY else []
            _say(f"round {number} of {scale.rounds}, {clients} clients: {run.rate:.1f}/s, {run.cpu:.1f} ms CPU")
    measured.cpu = {name: median(each[name] for each in spent) for name in spent[0]}
    measured.statements = _statements(stage, place, ordering, carts, scale)


def measure_splits(
    measured: Measured, stage: Stage, ordering: Store, carts: list[dict[str, int]], scale: Scale
) -> None:
    """The split alone, each way once in every round."""
    for number in range(1, scale.rounds + 1):
        for name, run in splits.measure(stage, ordering, carts, scale.splits).items():
            measured.splits.setdefault(name, []).append(run)
            _say(f"round {number} of {scale.rounds}, {name}: {run.rate:.0f}/s, {run.cpu:.2f} ms CPU")


def _buy(place: Till, ordering: Store, carts: list[dict[str, int]], clients: int, seconds: float) -> dict[str, Any]:
    given = {
        "port": place.port,
        "database": ordering.names.url.replace("postgresql+psycopg2", "postgresql") + "?application_name=buyers",
        "tokens": till.customers(clients),
        "carts": carts,
        "address": goods.ADDRESS,
        "seconds": seconds,
    }
    command = [sys.executable, "-m", "benchmarks.buyers"]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(given), text=True, check=True, stdout=subprocess.PIPE, timeout=seconds + 120
    )
    met: dict[str, Any] = json.loads(done.stdout)
    if refused := Counter(met["refused"]):
        raise Refused(f"orders that were not taken: {dict(refused)}")
    return met


def _run(ordering: Store, met: Mapping[str, Any], cpu: float) -> Run:
    sent = {UUID(order): moment for order, moment, _ in met["orders"]}
    with ordering.engine.connect() as connection:
        rows = connection.execute(text(_CONFIRMED), {"orders": list(sent)}).all()
    if len(rows) != len(sent):
        raise Refused(f"{len(sent)} orders were taken, {len(rows)} stand")
    stand = [(float(row.at) - sent[row.order_id]) * 1000 for row in rows]
    taken = [milliseconds for _, _, milliseconds in met["orders"]]
    return Run(
        rate=len(sent) / (met["ended"] - met["began"]),
        taken_p50=_share(taken, 0.5),
        taken_p99=_share(taken, 0.99),
        confirmed_p50=_share(stand, 0.5),
        confirmed_p99=_share(stand, 0.99),
        cpu=cpu,
        client=met["cpu"] / len(sent) * 1000,
    )


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def _spent(place: Till) -> dict[str, float]:
    return {name: cpu_seconds([pid]) for name, pid in place.pids.items()}


def _statements(
    stage: Stage, place: Till, ordering: Store, carts: list[dict[str, int]], scale: Scale
) -> dict[str, float]:
    """Of each process, while many buy: what it sends when there is nothing to do is in it too."""
    with counted(stage) as found:
        count = len(_buy(place, ordering, carts, MANY, scale.seconds)["orders"])
    return {name: found[name] / count for name in place.pids if found[name]}


def _as_json(measured: Measured) -> dict[str, Any]:
    runs = {clients: [run._asdict() for run in runs] for clients, runs in measured.runs.items()}
    alone = {name: [run._asdict() for run in runs] for name, runs in measured.splits.items()}
    verdicts = [{"promise": words, "held": held} for words, held in measured.verdicts()]
    return {**asdict(measured), "runs": runs, "splits": alone, "verdicts": verdicts}


def _show(measured: Measured) -> None:
    console = Console()
    table = Table(title=f"checkout, load {measured.load:.1f} at the start", title_justify="left")
    for column in (
        "clients",
        "orders/s",
        "202 p50, p99 ms",
        "confirmed p50, p99 ms",
        "CPU ms",
        "client's ms",
        "rounds",
    ):
        table.add_column(column, justify="right")
    for clients, runs in measured.runs.items():
        run, rates = measured.of(clients), " ".join(f"{each.rate:.0f}" for each in runs)
        taken, stand = (
            f"{run.taken_p50:.0f}, {run.taken_p99:.0f}",
            f"{run.confirmed_p50:.0f}, {run.confirmed_p99:.0f}",
        )
        table.add_row(str(clients), f"{run.rate:.1f}", taken, stand, f"{run.cpu:.1f}", f"{run.client:.1f}", rates)
    console.print(table)
    console.print(_by_process(measured))
    alone = Table(title="the split alone", title_justify="left")
    for column in ("", "orders/s", "CPU ms"):
        alone.add_column(column, justify="left" if not column else "right")
    for name in measured.splits:
        alone.add_row(name, f"{measured.split(name).rate:.0f}", f"{measured.split(name).cpu:.2f}")
    console.print(alone)
    console.print(PEERS, highlight=False)
    for words, held in measured.verdicts():
        console.print(f"[{'green' if held else 'red'}]{'held' if held else 'MISSED'}[/] {words}")


def _by_process(measured: Measured) -> Table:
    table = Table(title=f"what an order costs at {MANY} clients", title_justify="left")
    for column in ("", "CPU ms", "statements"):
        table.add_column(column, justify="left" if not column else "right")
    for name, cpu in sorted(measured.cpu.items(), key=lambda item: -item[1]):
        table.add_row(name, f"{cpu:.2f}", f"{measured.statements[name]:.1f}" if name in measured.statements else "")
    table.add_row("together", f"{sum(measured.cpu.values()):.1f}", f"{sum(measured.statements.values()):.1f}")
    return table


def _say(words: str) -> None:
    click.echo(words, err=True)


if __name__ == "__main__":
    main()
