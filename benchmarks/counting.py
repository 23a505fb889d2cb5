"""Counts the statements that processes send to PostgreSQL, BEGIN and COMMIT too: the server logs each while asked to.

The embedded server has no `pg_stat_statements`; a log of statements knows in addition who has sent each.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text

from benchmarks.stage import Stage

RELOAD_SECONDS = 0.5
"""After which every server process has read its settings again."""
_MARK = "@sent by "
_PREFIX = f"{_MARK}%a: "


@contextmanager
def counted(stage: Stage) -> Iterator[Counter[str]]:
    """Count what is sent while the block runs, by `application_name`; filled when it ends."""
    found: Counter[str] = Counter()
    log = stage.folder / "postgres" / "log"
    _ask(stage, {"log_line_prefix": _PREFIX, "log_statement": "all"})
    start = log.stat().st_size
    yield found
    _ask(stage, {"log_statement": "none"})
    with log.open(encoding="utf-8", errors="replace") as lines:
        lines.seek(start)
        found.update(_sender(line) for line in lines if line.startswith(_MARK) and "LOG:  statement:" in line)


def _sender(line: str) -> str:
    return line.removeprefix(_MARK).partition(": LOG:")[0]


def _ask(stage: Stage, settings: dict[str, str]) -> None:
    engine = create_engine(stage.postgres.url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name, value in settings.items():
            connection.execute(text(f"ALTER SYSTEM SET {name} = '{value}'"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    time.sleep(RELOAD_SECONDS)
