"""The messaging benchmark: publishing, applying, the whole way, and the latency, each beside peers and its limit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks import latency, stage
from benchmarks.contestants import install_peers
from benchmarks.contests import PEER, Contests, Entrant
from benchmarks.results import Results, show

PARTS = ("relay", "consumer", "chain", "latency")
EPILOG = """\b
Examples:
  python -m benchmarks                         all of it, as `make bench` does
  python -m benchmarks --quick --only relay    some seconds, to see that it works
  python -m benchmarks --json > result.json    for programs

Exit code: 0 if every promised ratio and latency held, 1 if one did not.
"""


@dataclass(frozen=True)
class Scale:
    """How much of everything: rounds, events for ours and the limits, events for a peer, rows of the past, seconds."""

    rounds: int
    ours: int
    peers: int
    rows: int
    seconds: float


FULL = Scale(rounds=5, ours=30_000, peers=3_000, rows=1_000_000, seconds=90)
QUICK = Scale(rounds=1, ours=3_000, peers=300, rows=1_000, seconds=3)


class Say(Protocol):
    """Tells whoever watches what is being done, or what is done."""

    def __call__(self, what: str, *, done: bool = False) -> None: ...


@click.command(epilog=EPILOG, help=__doc__)
@click.option("--quick", is_flag=True, help="One small round of everything: shows that it runs, proves nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON; progress goes to standard error.")
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="Leave out the other parts.")
@click.option("--ours", is_flag=True, help="Leave the peers out, and install nothing.")
@click.option("--rounds", type=click.IntRange(1), help="Rounds of each contest; medians are taken over them.")
def main(quick: bool, as_json: bool, only: tuple[str, ...], ours: bool, rounds: int | None) -> None:
    scale = QUICK if quick else FULL
    scale = replace(scale, rounds=rounds or scale.rounds, peers=0 if ours else scale.peers)
    with _Progress() as say:
        if scale.peers:
            say("installing the peers")
            install_peers()
        say("starting PostgreSQL and RabbitMQ")
        with stage.raised() as ground:
            results = measure(ground, scale, only or PARTS, say)
    if as_json:
        click.echo(json.dumps(results.as_json()))
    else:
        show(results, Console())
    raise SystemExit(0 if all(held for _, held in results.verdicts()) else 1)


def measure(ground: stage.Stage, scale: Scale, parts: Sequence[str], say: Say) -> Results:
    """Run the parts; the rounds of a contest are interleaved, so that the machine's moods meet every entrant."""
    results, contests = Results(), Contests(ground)
    for part in parts:
        if part == "latency":
            results.latencies = latency.measure(ground, scale.rows, scale.seconds, say)
            continue
        entrants: dict[str, Entrant] = getattr(contests, part)()
        for number in range(1, scale.rounds + 1):
            for name, (whose, run) in entrants.items():
                count = scale.peers if whose == PEER else scale.ours
                if count:
                    say(f"{part}, round {number} of {scale.rounds}: {name}")
                    results.note(part, name, done := run(count))
                    say(f"{part}, round {number} of {scale.rounds}: {name} {done.rate:,.0f} events/s", done=True)
    return results


class _Progress:
    """Says on standard error what is being done, and keeps a line for what is done."""

    def __init__(self) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._lines = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._lines.add_task("")

    def __enter__(self) -> Say:
        self._lines.start()
        return self._say

    def __exit__(self, *_: object) -> None:
        self._lines.stop()

    def _say(self, what: str, *, done: bool = False) -> None:
        if done:
            self._lines.console.print(what, highlight=False)
        else:
            self._lines.update(self._task, description=what)


if __name__ == "__main__":
    main()
