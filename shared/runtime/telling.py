"""How a replay's difference is told: a table of counts, changes by column, rows, and the way on; or as JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from shared.messaging.replay.changes import Change
from shared.messaging.replay.difference import KINDS, Difference, Row
from shared.messaging.replay.feed import Missing
from shared.messaging.replay.selection import Selection
from shared.runtime.reporting import grouped, in_words


@dataclass(frozen=True)
class Told:
    """A dry run's whole answer."""

    service: str
    code: str
    selection: Selection
    found: Difference
    rows: list[Row]
    changes: list[Change]
    missing: Missing


def as_document(told: Told) -> dict[str, Any]:
    """All of it, for programs."""
    return {
        "service": told.service,
        "code": told.code,
        "selection": str(told.selection),
        "counts": told.found.counts,
        "digest": told.found.digest,
        "changes": [asdict(change) for change in told.changes],
        "rows": [{**asdict(row), "changed": row.changed} for row in told.rows],
        "missing": asdict(told.missing),
    }


def print_told(told: Told) -> None:
    """Print it for a person, in lines that fit the terminal."""
    console = Console()
    console.print(_summary(told))
    for line in grouped(told.changes, console.width):
        console.print(line, markup=False, highlight=False, no_wrap=True)
    for row in told.rows:
        if row.kind != "change" or not told.selection.rejudged:
            console.print(in_words(row), markup=False)
    for line in _missing(told):
        console.print(line, markup=False)
    console.print(_way_on(told), markup=False)


def say_applied(found: Difference, as_json: bool) -> None:
    """Say how much was written."""
    written = {table: counts["insert"] + counts["change"] for table, counts in found.counts.items()}
    if as_json:
        click.echo(json.dumps({"applied": written, "digest": found.digest}))
        return
    told = ", ".join(f"{count:,} of {table}" for table, count in written.items() if count)
    click.echo(f"written: {told or 'nothing, there was no difference'}")


def _summary(told: Told) -> Table:
    title = f"Replayed by the code {told.code}: {told.selection}"
    summary = Table("table", *(kind.replace("_", " ") for kind in KINDS), "same", title=title)
    for table, counts in told.found.counts.items():
        summary.add_row(table, *(f"{counts[kind]:,}" for kind in (*KINDS, "same")))
    return summary


def _missing(told: Told) -> list[str]:
    if not told.missing.count:
        return []
    named = [f"never came: {it.type} {it.event_id} of {it.occurred_at:%Y-%m-%d %H:%M}" for it in told.missing.events]
    sentence = (
        f"{told.missing.count:,} events were published that {told.service} has never had; the difference shows what "
        f"they would make. `python -m services.{told.service} job reconcile --heal` delivers them with their "
        "announcements."
    )
    return [*named, sentence]


def _way_on(told: Told) -> str:
    if told.found.empty:
        return "The live tables are as a replay makes them."
    if told.selection.rejudged or told.selection.as_of:
        return f"This is for looking at; its digest is {told.found.digest}."
    if told.missing.count:
        return "It cannot be applied as long as these have not come."
    return f"To write what would be inserted and changed, add --apply {told.found.digest}"
