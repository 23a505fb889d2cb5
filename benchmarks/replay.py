"""A million registrations handled again, and rebuilt, beside a naive replay and beside SQL alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median

import click
import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from benchmarks import naive, past
from benchmarks.stage import Store, postgres_alone
from services.vendor.projections import PROJECTIONS
from shared.messaging.replay.rebuild import Rebuild
from shared.messaging.topology import Broker
from tests.infrastructure.servers import ROOT

TIMES_NAIVE, OF_SQL, SECONDS, MEGABYTES = 60, 0.4, 30.0, 100.0
EPILOG = """\b
Examples:
  python -m benchmarks.replay                 a million, as `make bench` does
  python -m benchmarks.replay --quick         some seconds, to see that it works
  python -m benchmarks.replay --json > result.json

Exit code: 0 if every promised ratio, time and size held, 1 if one did not.
"""
Say = Callable[[str], None]


@dataclass
class Measured:
    """Rates in events or rows a second by what was done, one of each round; and what the dry runs took."""

    rows: int
    load: float
    rates: dict[str, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def note(self, what: str, rate: float) -> None:
        self.rates.setdefault(what, []).append(rate)

    def rate(self, what: str) -> float:
        """The median over the rounds."""
        return median(self.rates[what])

    def verdicts(self) -> list[tuple[str, bool]]:
        """Each promise in words, and whether it held."""
        one = self.rate("naive replay")
        tables = [table.table for table in PROJECTIONS.tables if table.definition]
        found = [self._times("replay", self.rate("replay") / one)]
        for table in tables:
            rebuilt, made = self.rate(f"rebuild {table}"), self.rate(f"CREATE TABLE AS {table}")
            found.append(self._times(f"rebuild {table}", rebuilt / one))
            share = f"rebuild {table} {rebuilt / made:.0%} of CREATE TABLE AS (promised ≥ {OF_SQL:.0%})"
            found.append((share, rebuilt / made >= OF_SQL))
        took, most = median(self.seconds) * 1_000_000 / self.rows, max(self.megabytes)
        found.append((f"a million's difference printed in {took:.1f} s (promised ≤ {SECONDS:.0f} s)", took <= SECONDS))
        found.append((f"{most:.0f} MB in all processes (promised ≤ {MEGABYTES:.0f} MB)", most <= MEGABYTES))
        return found

    def _times(self, what: str, ratio: float) -> tuple[str, bool]:
        return f"{what} {ratio:.0f} × naive (promised ≥ {TIMES_NAIVE} ×)", ratio >= TIMES_NAIVE


@click.command(epilog=EPILOG, help=__doc__)
@click.option("--quick", is_flag=True, help="Twenty thousand, once: shows that it runs, proves nothing.")
@click.option("--rows", type=click.IntRange(1000), default=1_000_000, show_default=True, help="Events in the inbox.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Medians are taken over them.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON; progress goes to standard error.")
def main(quick: bool, rows: int, rounds: int, as_json: bool) -> None:
    rows, rounds = (20_000, 1) if quick else (rows, rounds)
    measured = Measured(rows, os.getloadavg()[0])
    with postgres_alone() as stage, stage.database("vendor") as store:
        measure(measured, store, rounds, lambda words: click.echo(words, err=True))
    verdicts = measured.verdicts()
    if as_json:
        told = [{"promise": words, "held": held} for words, held in verdicts]
        click.echo(json.dumps({**asdict(measured), "verdicts": told}))
    else:
        _show(measured, verdicts)
    raise SystemExit(0 if all(held for _, held in verdicts) else 1)


def measure(measured: Measured, store: Store, rounds: int, say: Say) -> None:
    """Make the past, damage it a little, and take turns, so that the machine's moods meet everybody."""
    say(f"{measured.rows:,} events into the inbox")
    past.make(store, measured.rows)
    with store.engine.begin() as connection:
        past.damage(connection, 100)
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}")
        measured.note("naive replay", naive.replay(store, min(2000, measured.rows)))
        seconds, megabytes = _dry_run(store)
        measured.seconds.append(seconds)
        measured.megabytes.append(megabytes)
        measured.note("replay", measured.rows / seconds)
        for table in PROJECTIONS.tables:
            if table.definition:
                measured.note(
                    f"rebuild {table.table}", measured.rows / _timed(Rebuild(store.names.owner_url, table).run)
                )
                made = _timed(lambda definition=table.definition: _create(store, definition))  # type: ignore[misc]
                measured.note(f"CREATE TABLE AS {table.table}", measured.rows / made)


def _dry_run(store: Store) -> tuple[float, float]:
    """Seconds until the command has printed its difference, and the most memory of all its processes in MB."""
    environment = {**os.environ, **store.environment(Broker("amqp://127.0.0.1:1//", "none"))}
    began = time.monotonic()
    command = [sys.executable, "-m", "services.vendor", "replay"]
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    most = _Most(child.pid)
    most.start()
    printed, _ = child.communicate()
    seconds = time.monotonic() - began
    most.join()
    if child.returncode != 3 or "--apply" not in printed:
        raise RuntimeError(f"the dry run ended with {child.returncode}:\n{printed}")
    return seconds, most.megabytes


class _Most(threading.Thread):
    """Watches the memory of a process and its children; what they share is counted once (PSS)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.megabytes = pid, 0.0

    def run(self) -> None:
        """Look until the process is gone."""
        try:
            process = psutil.Process(self.pid)
            while process.status() != psutil.STATUS_ZOMBIE:
                self.megabytes = max(self.megabytes, sum(map(_pss, [process, *process.children()])))
                time.sleep(0.25)
        except psutil.NoSuchProcess:
            return


def _pss(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 1e6
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0


def _create(store: Store, definition: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("SET LOCAL work_mem = '64MB'"))
        connection.execute(text(f"CREATE UNLOGGED TABLE made AS {definition}"), {"of": None})
        connection.execute(text("DROP TABLE made"))


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _show(measured: Measured, verdicts: list[tuple[str, bool]]) -> None:
    console = Console()
    table = Table(title=f"{measured.rows:,} registrations, load {measured.load:.1f} at the start", title_justify="left")
    for column in ("", "a second", "× naive", "rounds"):
        table.add_column(column, justify="left" if not column else "right")
    for what, rates in measured.rates.items():
        ratio = measured.rate(what) / measured.rate("naive replay")
        table.add_row(what, f"{measured.rate(what):,.0f}", f"{ratio:.0f}", " ".join(f"{rate:,.0f}" for rate in rates))
    console.print(table)
    for words, held in verdicts:
        console.print(f"[{'green' if held else 'red'}]{'held' if held else 'MISSED'}[/] {words}")


if __name__ == "__main__":
    main()
