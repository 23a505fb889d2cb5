"""How a job works: with its settings and its database at hand, alone of its name, and what it did told in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import click
import orjson
from sqlalchemy import text

from shared.kit.database import Database
from shared.kit.errors import Refusal
from shared.runtime.service import Service, database_of

Facts = Mapping[str, object]

_TRY = text("SELECT pg_try_advisory_lock(hashtext('job'), hashtext(:name))")
_RELEASE = text("SELECT pg_advisory_unlock(hashtext('job'), hashtext(:name))")


class Busy(Exception):
    """The same job is at work elsewhere; this one has nothing to do."""


@dataclass(frozen=True)
class Workplace:
    """What a scheduler lends to the jobs that it runs; `tell` takes what they say."""

    settings: Any
    database: Database
    tell: Callable[[Facts], None]


_lent: ContextVar[Workplace | None] = ContextVar("lent", default=None)


def scheduled() -> bool:
    """Whether a scheduler runs this, and nobody reads what is printed."""
    return _lent.get() is not None


@contextmanager
def lending(place: Workplace) -> Iterator[None]:
    """Give the jobs that run inside this block a workplace, so that they open nothing of their own."""
    token = _lent.set(place)
    try:
        yield
    finally:
        _lent.reset(token)


@contextmanager
def opened(service: Service, job: str) -> Iterator[tuple[Any, Database]]:
    """Give a job its service's settings and a database; what the domain refuses becomes the command's error."""
    lent = _lent.get()
    settings = lent.settings if lent else service.settings()
    database = lent.database if lent else database_of(settings, f"job-{job}", pool_size=1)
    try:
        yield settings, database
    except Refusal as refusal:
        faults = [f"{field}: {fault}" for field, fault in refusal.fields.items()]
        raise click.ClickException(" ".join([refusal.detail, *faults])) from refusal
    finally:
        if lent is None:
            database.dispose()


@contextmanager
def alone(database: Database, job: str) -> Iterator[None]:
    """Hold the job's lock in its database, on a connection of its own, as long as the block runs; else `Busy`."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(_TRY, {"name": job}):
            raise Busy(f"Another {job} is at work; this one has nothing to do.")
        try:
            yield
        finally:
            connection.execute(_RELEASE, {"name": job})


def say(facts: Facts, words: str | None = None) -> None:
    """Tell what was done: `words`, or else one line of JSON, on a terminal; the facts in the log, in a scheduler."""
    if lent := _lent.get():
        lent.tell(facts)
    else:
        click.echo(words if words is not None else orjson.dumps(facts, option=orjson.OPT_UTC_Z).decode())
