"""Statements within a transaction that are planned once for each connection, not each time they are run."""

from collections import namedtuple
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import psycopg2
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.sql.forms import MOST_PLANS, STALE, Forms, forms_of

_PLANNED = "SET plan_cache_mode = force_generic_plan; SET random_page_cost = 1.1; PREPARE {name} AS {statement}"
"""What is run often finds its pages in memory, so looking a few rows up costs less than reading a small table whole."""


def run(within: Session | Connection, statement: str, parameters: Mapping[str, Any]) -> list[Any]:
    """Run a statement with `:name`d parameters and return its rows, named as its columns; none if it returns nothing.

    For one that is run often, whose best plan does not depend on its parameters: planning may take the server longer
    than the work. A parameter whose type does not follow from its place needs a `CAST`. What a connection has prepared
    outlives the transaction; it is known together with what `Reading` has prepared there. After a table has changed it
    may fail once, and the connection is given up.

    Raises what SQLAlchemy raises. It is psycopg2 that is asked: describing a result anew each time, as SQLAlchemy does
    for what it has not composed, takes longer than the rest of a call (75 µs with it, 25 without).
    """
    connection = within.connection() if isinstance(within, Session) else within
    said = forms_of(statement)
    name = _prepared(connection, said)
    try:
        cursor: Any = connection.connection.cursor()
        if name is None:
            cursor.execute(said.plain, dict(parameters))
        else:
            cursor.execute(f"EXECUTE {name}{said.call}", [parameters[each] for each in said.names])
        return _rows(cursor)
    except psycopg2.Error as failed:
        raise _as_sqlalchemy(connection, statement, failed) from failed


def _prepared(connection: Connection, said: Forms) -> str | None:
    """What the statement is called on this connection; None if it has no room for another."""
    known: dict[str, str] = connection.connection.info.setdefault("prepared", {})
    if said.prepared not in known:
        if len(known) >= MOST_PLANS:
            return None
        name = f"steady_{len(known)}"
        connection.exec_driver_sql(_PLANNED.format(name=name, statement=said.prepared).replace("%", "%%"))
        known[said.prepared] = name
    return known[said.prepared]


def _rows(cursor: Any) -> list[Any]:
    if cursor.description is None:
        return []
    return list(map(_row(tuple(column.name for column in cursor.description)), cursor.fetchall()))


@lru_cache(maxsize=256)
def _row(names: tuple[str, ...]) -> Any:
    row: Any = namedtuple("Row", list(names), rename=True)  # type: ignore[misc]
    return row._make


def _as_sqlalchemy(connection: Connection, statement: str, failed: psycopg2.Error) -> BaseException:
    """The error as who reads SQLAlchemy's knows it; a connection that is lost or knows stale plans is given up."""
    dialect: Any = connection.dialect
    lost = dialect.is_disconnect(failed, connection.connection.dbapi_connection, None)
    if lost or isinstance(failed, STALE):
        connection.invalidate(failed)
    about: Any = {"hide_parameters": True, "connection_invalidated": lost, "dialect": dialect}
    told: BaseException = DBAPIError.instance(statement, None, failed, psycopg2.Error, **about)
    return told
