"""Databases cloned from templates: a service's migrations run once per pytest run, each module gets a fresh copy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection, create_engine, make_url, text

Prepare = Callable[["TestDatabase"], None]


@dataclass(frozen=True)
class TestDatabase:
    """A database as a service sees it: an owner that migrates, an app role that can only work."""

    __test__ = False
    name: str
    url: str
    owner_url: str
    superuser_url: str


class PostgresServer:
    """The run's PostgreSQL server."""

    def __init__(self, superuser_url: str) -> None:
        self._url = make_url(superuser_url).set(drivername="postgresql+psycopg2")
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT", pool_size=1)

    def url(self, dbname: str = "postgres", role: str | None = None) -> str:
        """The URL of `dbname` for `role`, the superuser unless named."""
        url = self._url.set(database=dbname)
        if role:
            url = url.set(username=role, password="test")
        return url.render_as_string(hide_password=False)

    def create_database(self, name: str | None = None, *, template: str = "template0", owner: str | None = None) -> str:
        """A new database, unreachable to roles that were not granted it; its name."""
        name = name or f"test_{uuid4().hex[:16]}"
        with self._engine.connect() as connection:
            owned = f' OWNER "{owner}"' if owner else ""
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{owned}'))
            connection.execute(text(f'REVOKE CONNECT, TEMPORARY ON DATABASE "{name}" FROM PUBLIC'))
        return name

    def drop_database(self, name: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    def service_database(self, service: str, prepare: Prepare) -> TestDatabase:
        """A copy of the service's template, which `prepare` fills once per run whoever comes first."""
        template = f"template_{service}"
        with self._engine.connect() as connection, locked(connection, template):
            if not self._exists(connection, template):
                self._make_template(connection, service, template, prepare)
        name = self.create_database(template=template, owner=f"{service}_owner")
        return self._reachable(service, name)

    def _make_template(self, connection: Connection, service: str, template: str, prepare: Prepare) -> None:
        for role in (f"{service}_owner", f"{service}_app"):
            if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": role}).scalar():
                connection.execute(text(f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'test'"))
        building = f"building_{service}_{uuid4().hex[:8]}"
        self.create_database(building, owner=f"{service}_owner")
        try:
            prepare(self._reachable(service, building))
            stale = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            connection.execute(text(stale), {"name": building})
            connection.execute(text(f'ALTER DATABASE "{building}" RENAME TO "{template}"'))
        except BaseException:
            self.drop_database(building)
            raise

    def _reachable(self, service: str, name: str) -> TestDatabase:
        with self._engine.connect() as connection:
            connection.execute(text(f'GRANT CONNECT ON DATABASE "{name}" TO "{service}_app"'))
        roles = (f"{service}_app", f"{service}_owner", None)
        return TestDatabase(name, *(self.url(name, role) for role in roles))

    def _exists(self, connection: Connection, name: str) -> bool:
        found = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": name})
        return found.scalar() is not None


class locked:  # noqa: N801 - reads as the verb it is at its use
    """Hold a session advisory lock on a name, so that one worker of many does the work."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)

    def __enter__(self) -> None:
        self._connection.execute(text("SELECT pg_advisory_lock(:k)"), {"k": self._key})

    def __exit__(self, *_: object) -> None:
        self._connection.execute(text("SELECT pg_advisory_unlock(:k)"), {"k": self._key})
