"""Five databases on one server, each with a role that owns it and one that works in it, and no way into another's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import extensions, sql

from deploy.local import checkout

SERVICES = ("identity", "vendor", "catalog", "ordering", "notifications")


def provide(superuser_url: str, *, whole_server: bool = True) -> None:
    """Make what is missing: databases, roles, and the rule that a role connects to its own database only.

    `whole_server=False` leaves databases that were there before as they are: the server belongs to somebody else too.
    """
    connection = _connect(superuser_url)
    try:
        if whole_server:
            with connection.cursor() as cursor:
                cursor.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
        for service in SERVICES:
            _provide(connection, service)
    finally:
        connection.close()


def url(superuser_url: str, service: str, kind: str = "app") -> str:
    """The URL of a service's database for its `app` or `owner` role."""
    role = f"{service}_{kind}"
    server, password = urlsplit(superuser_url), quote(checkout.secret(f"database {role}"), safe="")
    where = server.netloc.rpartition("@")[2]
    return urlunsplit(("postgresql+psycopg2", f"{role}:{password}@{where}", f"/{service}", server.query, ""))


def rows(url: str, query: str, *values: object) -> list[tuple[object, ...]]:
    """The rows of one query, read as the role of the URL."""
    connection = _connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()
    finally:
        connection.close()


def run(url: str, statements: Sequence[str], values: Mapping[str, object]) -> list[tuple[object, ...]]:
    """Run statements in one transaction, as the role of the URL; the rows of the last, if it gives any."""
    connection = _connect(url)
    connection.autocommit = False
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def _provide(connection: extensions.connection, service: str) -> None:
    with connection.cursor() as cursor:
        for kind in ("owner", "app"):
            _role(cursor, f"{service}_{kind}")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (service,))
        names = {"db": sql.Identifier(service), "owner": sql.Identifier(f"{service}_owner")}
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE DATABASE {db} TEMPLATE template0 ENCODING 'UTF8'").format(**names))
        names["app"] = sql.Identifier(f"{service}_app")
        cursor.execute(sql.SQL("ALTER DATABASE {db} OWNER TO {owner}").format(**names))
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {db} FROM PUBLIC").format(**names))
        cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {db} TO {app}").format(**names))


def _role(cursor: extensions.cursor, role: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL("{verb} ROLE {role} LOGIN PASSWORD {password}")
    secret = sql.Literal(checkout.secret(f"database {role}"))
    cursor.execute(statement.format(verb=sql.SQL(verb), role=sql.Identifier(role), password=secret))


def _connect(url: str) -> extensions.connection:
    connection = psycopg2.connect(url.replace("postgresql+psycopg2://", "postgresql://", 1))
    connection.autocommit = True
    return connection
