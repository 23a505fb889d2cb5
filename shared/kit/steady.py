"""Statements within a transaction that are planned once for each connection, not each time they are run."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.kit.reading import MOST_PLANS, STALE, Forms, forms_of


def run(session: Session, statement: str, parameters: Mapping[str, Any]) -> CursorResult[Any]:
    """Run a statement with `:name`d parameters; raises what SQLAlchemy raises.

    For one that is long and run often, whose best plan does not depend on its parameters: planning may take the server
    longer than the work. A parameter whose type does not follow from its place needs a `CAST`. What a connection has
    prepared outlives the transaction; it is known together with what `Reading` has prepared there. After a table has
    changed it may fail once, and the connection is given up.
    """
    connection, said = session.connection(), forms_of(statement)
    name = _prepared(connection, said)
    if name is None:
        return connection.exec_driver_sql(said.plain, dict(parameters))
    try:
        return connection.exec_driver_sql(f"EXECUTE {name}{said.call}", tuple(parameters[each] for each in said.names))
    except DBAPIError as failed:
        if isinstance(failed.orig, STALE):
            connection.invalidate(failed)
        raise


def _prepared(connection: Connection, said: Forms) -> str | None:
    """What the statement is called on this connection; None if it has no room for another."""
    known: dict[str, str] = connection.connection.info.setdefault("prepared", {})
    if said.prepared not in known:
        if len(known) >= MOST_PLANS:
            return None
        name = f"steady_{len(known)}"
        prepare = f"SET plan_cache_mode = force_generic_plan; PREPARE {name} AS {said.prepared}"
        connection.exec_driver_sql(prepare.replace("%", "%%"))
        known[said.prepared] = name
    return known[said.prepared]
