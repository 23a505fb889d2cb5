"""Hears what is sent to PostgreSQL on a connection, whoever sends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2.extensions
from sqlalchemy import Connection


@contextmanager
def heard(connection: Connection) -> Iterator[list[str]]:
    """The statements that are executed on a connection inside the block."""
    said: list[str] = []

    class Heard(psycopg2.extensions.cursor):
        def execute(self, query: Any, *given: Any) -> None:
            said.append(str(query))
            super().execute(query, *given)

    raw: Any = connection.connection.dbapi_connection
    before, raw.cursor_factory = raw.cursor_factory, Heard
    yield said
    raw.cursor_factory = before
