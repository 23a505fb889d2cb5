"""What the commands on logs and tables share: settings or a sentence, refusals, progress, and differences in words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from shared.kit.settings import BadSetting, Settings
from shared.messaging.replay.changes import Change
from shared.messaging.replay.difference import Row
from shared.messaging.replay.feed import Unreachable
from shared.messaging.replay.running import Progress as Done
from shared.messaging.replay.running import ReplayRefused
from shared.messaging.replay.shadow import Busy
from shared.runtime.service import Service

WORDS = {"insert": "would insert", "change": "would change", "only_live": "only in live"}


def settings_or_exit(service: Service) -> Settings:
    """The service's settings; a bad one is a sentence and exit code 2."""
    try:
        return service.settings()
    except BadSetting as bad:
        click.echo(f"settings: {bad}", err=True)
        raise SystemExit(2) from None


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a refusal into its sentence and exit code 1."""
    try:
        yield
    except (ReplayRefused, Busy, Unreachable) as refused:
        raise click.ClickException(str(refused)) from None


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[Done], None]]:
    """A bar with the rate and the time left, on a terminal; nothing elsewhere, or if `quiet`."""
    console = Console(stderr=True)
    columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("replay", total=None, rate="")

        def told(done: Done) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=done.done, total=done.total, rate=f"{speed:,.0f}/s" if speed else "")

        yield told


def in_words(row: Row) -> str:
    """One row that differs, as one line."""
    values = row.replayed or row.live or {}
    if row.kind == "change":
        live = row.live or {}
        told = ", ".join(f"{column}: {live.get(column)} → {values[column]}" for column in row.changed)
    else:
        told = ", ".join(f"{column}={value}" for column, value in values.items() if value is not None)
    return f"{WORDS[row.kind]} {row.table}: {told}"


def grouped(changes: list[Change], width: int) -> Iterator[str]:
    """Changes as lines that fit a terminal: under each column what became what, how often, and a row to look at."""
    heading = None
    for change in changes:
        if heading != (change.table, change.column):
            heading = change.table, change.column
            yield f"{change.table}.{change.column}"
        count = f"{change.rows:,} row{'s' if change.rows != 1 else ''}"
        told = f"{_short(change.before, width)} → {_short(change.after, width)}"
        if change.values > 1:
            told = f"{change.values:,} different values, as {told}"
        yield _fitting(f"  {count:>12}  {told}", width)
        yield _fitting(f"{'':14}  e.g. {change.example}", width)


def _short(value: str | None, width: int) -> str:
    shown = "null" if value is None else value or "''"
    most = max(12, (width - 20) // 2)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _fitting(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"
