"""Rates from the moments at which transactions committed, as the server noted them; and their cost in CPU time."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import psutil
from sqlalchemy import text

from benchmarks.stage import Store

GIVE_UP_SECONDS = 600.0
LOOK_SECONDS = 0.2

_COUNT = "SELECT count(*) FROM {table} WHERE {done}"
_COMMITS = """
    SELECT pg_xact_commit_timestamp(xmin) AS at, count(*) AS rows FROM {table} WHERE {done} GROUP BY xmin ORDER BY at
"""


class NotDone(RuntimeError):
    """A contestant died or did not come to an end."""


class Table(NamedTuple):
    """Where progress shows: the rows of a table that fulfil a condition."""

    store: Store
    name: str
    done: str = "true"


class Commits(NamedTuple):
    """When the first and the last transaction of a contestant committed, and what lies between."""

    first: datetime
    last: datetime
    rows: int
    rows_of_first: int

    @property
    def rate(self) -> float:
        """Rows a second; those of the first transaction do not count, for they were begun before it."""
        seconds = (self.last - self.first).total_seconds()
        return (self.rows - self.rows_of_first) / seconds if seconds else 0.0


def commits(table: Table) -> Commits:
    """Ask the server."""
    with table.store.engine.connect() as connection:
        found = connection.execute(text(_COMMITS.format(table=table.name, done=table.done))).all()
    return Commits(found[0].at, found[-1].at, sum(row.rows for row in found), found[0].rows)


def wait_for(table: Table, count: int, children: Sequence[subprocess.Popen[bytes]], processes: Sequence[int]) -> float:
    """Wait until so many rows are done; return the CPU time of `processes`, with all they start, in µs a row.

    Looks seldom, so as not to disturb; the CPU time begins at the first look that finds a row, after the start.
    """
    query = text(_COUNT.format(table=table.name, done=table.done))
    deadline = time.monotonic() + GIVE_UP_SECONDS
    begun: tuple[int, float] | None = None
    with table.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while (found := int(connection.scalar(query) or 0)) < count:
            if any(child.poll() is not None for child in children) or time.monotonic() > deadline:
                raise NotDone(f"{found} of {count} rows of {table.name} by {[child.args for child in children]}")
            if found and begun is None:
                begun = found, cpu_seconds(processes)
            time.sleep(LOOK_SECONDS)
    if begun is None:
        return 0.0
    return (cpu_seconds(processes) - begun[1]) / (count - begun[0]) * 1e6


def cpu_seconds(processes: Sequence[int]) -> float:
    """The CPU time that some processes and their children have used so far, those that ended included."""
    return sum(_used(psutil.Process(pid)) for pid in processes)


def _used(process: psutil.Process) -> float:
    try:
        own = process.cpu_times()
        live = sum(_used(child) for child in process.children())
    except psutil.NoSuchProcess:
        return 0.0
    return float(own.user + own.system + own.children_user + own.children_system) + live
