"""What the commands on logs and tables share: settings or a sentence, refusals, and rows that differ, in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from shared.kit.settings import BadSetting, Settings
from shared.messaging.replay.difference import Row
from shared.messaging.replay.running import ReplayRefused
from shared.messaging.replay.shadow import Busy
from shared.runtime.service import Service


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
    except (ReplayRefused, Busy) as refused:
        raise click.ClickException(str(refused)) from None


def in_words(row: Row) -> str:
    """One row that differs, as one line."""
    values = row.replayed or row.live or {}
    if row.kind == "change":
        live = row.live or {}
        told = ", ".join(f"{column}: {live.get(column)} → {values[column]}" for column in row.changed)
    else:
        told = ", ".join(f"{column}={value}" for column, value in values.items() if value is not None)
    words = {"insert": "would insert", "change": "would change", "only_live": "only in live"}
    return f"{words[row.kind]} {row.table}: {told}"
