"""`python -m services.X replay`: what would be different if these events were handled again, and making it so."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shared.events.event import known
from shared.messaging.replay import difference
from shared.messaging.replay.difference import KINDS, Difference, Row
from shared.messaging.replay.running import Progress as Done
from shared.messaging.replay.running import Replay
from shared.messaging.replay.selection import Selection
from shared.runtime.reporting import in_words, refusals, settings_or_exit
from shared.runtime.service import Service

HELP = """Handle events again in a shadow of the tables, and show by row what differs from the live ones.

Nothing is changed, published or sent. With --apply and the digest that a dry run has shown, exactly that difference is
written, or refused if the world has changed since. A killed replay goes on where it was when it is started again.

Exit codes: 0 no difference, or applied; 3 there is a difference; 1 refused; 2 wrong usage.

\b
Examples:
  python -m services.{name} replay
  python -m services.{name} replay --customer 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21
  python -m services.{name} replay --type customer.created --since 2026-11-01 --json
  python -m services.{name} replay --apply 1f0c2a9b44d01e57
"""
MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])
DIFFERENT = 3


def replay_command(service: Service) -> click.Command:
    """Build the command for one service."""

    @click.option("--type", "types", multiple=True, help="Only events of this type; may be given again.")
    @click.option("--customer", "aggregates", type=click.UUID, multiple=True, help="Only events of this aggregate.")
    @click.option("--id", "events", type=click.UUID, multiple=True, help="Only the event with this id.")
    @click.option("--since", type=MOMENT, help="Only what happened at or after this moment (UTC).")
    @click.option("--until", type=MOMENT, help="Only what happened before this moment (UTC).")
    @click.option("--as-of", type=MOMENT, help="The state as it was at this moment; for looking, not for applying.")
    @click.option("--apply", "digest", help="Write the difference that has this digest.")
    @click.option("--rows", "shown", default=20, show_default=True, help="How many rows to print of each table.")
    @click.option("--jobs", default=os.cpu_count() or 1, show_default="one per core", help="Processes to work in.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    def replay(digest: str | None, shown: int, jobs: int, as_json: bool, **filters: Any) -> None:
        selection = _selection(service, **filters)
        work = Replay(
            settings_or_exit(service).owner_database_url, service.handlers, service.projections, selection, jobs=jobs
        )
        with refusals():
            if digest:
                _say_applied(work.apply(digest), as_json)
            else:
                _dry_run(work, shown, as_json)

    return click.command("replay", help=HELP.format(name=service.name))(replay)


def _dry_run(work: Replay, shown: int, as_json: bool) -> None:
    with _progress(as_json) as told:
        found = work.run(told)
    with work.shadow.engine.connect() as connection:
        rows = list(difference.rows(connection, work.shadow, shown))
    if as_json:
        click.echo(json.dumps(_document(work.selection, found, rows), default=str))
    else:
        _print(work.selection, found, rows)
    raise SystemExit(0 if found.empty else DIFFERENT)


def _selection(service: Service, **filters: Any) -> Selection:
    heard = {event.type for event in service.handlers}
    for name in filters["types"]:
        if name not in heard:
            known_at_all = "is not listened to here" if name in known() else "is no event"
            raise click.UsageError(f"{name} {known_at_all}; {service.name} listens to {', '.join(sorted(heard))}")
    moments = {name: _utc(filters[name]) for name in ("since", "until", "as_of")}
    if moments["as_of"] and moments["as_of"] > datetime.now(UTC):
        raise click.UsageError(f"--as-of {moments['as_of']:%Y-%m-%d %H:%M} is in the future")
    return Selection(types=filters["types"], aggregates=filters["aggregates"], events=filters["events"], **moments)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Done], None]]:
    console = Console(stderr=True)
    columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("replay", total=None, rate="")

        def told(done: Done) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=done.done, total=done.total, rate=f"{speed:,.0f}/s" if speed else "")

        yield told


def _document(selection: Selection, found: Difference, rows: list[Row]) -> dict[str, Any]:
    shown = [{**asdict(row), "changed": row.changed} for row in rows]
    return {"selection": str(selection), "counts": found.counts, "digest": found.digest, "rows": shown}


def _print(selection: Selection, found: Difference, rows: list[Row]) -> None:
    console = Console()
    summary = Table("table", *(kind.replace("_", " ") for kind in KINDS), "same", title=f"Replayed: {selection}")
    for table, counts in found.counts.items():
        summary.add_row(table, *(f"{counts[kind]:,}" for kind in (*KINDS, "same")))
    console.print(summary)
    for row in rows:
        console.print(in_words(row), markup=False, soft_wrap=True)
    if found.empty:
        console.print("The live tables are as a replay makes them.")
    else:
        console.print(f"To write what would be inserted and changed: the same command with --apply {found.digest}")


def _say_applied(found: Difference, as_json: bool) -> None:
    written = {table: counts["insert"] + counts["change"] for table, counts in found.counts.items()}
    if as_json:
        click.echo(json.dumps({"applied": written, "digest": found.digest}))
        return
    told = ", ".join(f"{count:,} of {table}" for table, count in written.items() if count)
    click.echo(f"written: {told or 'nothing, there was no difference'}")
