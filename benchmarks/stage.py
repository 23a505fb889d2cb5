"""The stage: a durable PostgreSQL, a RabbitMQ with quorum queues, and fresh databases for every contestant."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text

from deploy.local import processes
from deploy.local.postgres import Postgres
from deploy.local.rabbitmq import RabbitMQ
from shared.messaging.topology import Broker
from tests.infrastructure.databases import PostgresServer, TestDatabase
from tests.infrastructure.migrations import migrate_by_command, service_environment
from tests.infrastructure.servers import ROOT, broker_installation, own_folder


@dataclass(frozen=True)
class Stage:
    """Both servers, up; what is made on them is dropped when its block ends."""

    postgres: PostgresServer
    broker_url: str
    folder: Path
    servers: tuple[int, ...] = ()

    @contextmanager
    def database(self, service: str) -> Iterator[Store]:
        """A freshly migrated database of a service."""
        made = self.postgres.service_database(service, partial(migrate_by_command, service))
        engine = create_engine(made.superuser_url)
        try:
            yield Store(service, made, engine)
        finally:
            engine.dispose()
            self.postgres.drop_database(made.name)

    def broker(self) -> Broker:
        """The broker under a name that nobody else uses."""
        return Broker(self.broker_url, namespace=f"bench-{uuid4().hex[:8]}")

    @contextmanager
    def running(self, command: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """A contestant as a process; ended with its block, its output kept in the stage's folder."""
        with (self.folder / "contestants.log").open("ab") as log:
            child = processes.spawn(command, env={**os.environ, **environment}, cwd=ROOT, output=log)
            try:
                yield child
            finally:
                processes.stop(child, grace=5)


@dataclass(frozen=True)
class Store:
    """A database of a service, looked at as the superuser."""

    service: str
    names: TestDatabase
    engine: Engine

    def environment(self, broker: Broker, **more: str) -> dict[str, str]:
        """What a process of this service reads."""
        given = {"BROKER_URL": broker.url, "BROKER_NAMESPACE": broker.namespace, "LOG_LEVEL": "warning"}
        ports = {"HTTP_PORT": str(processes.free_port()), "INTERNAL_PORT": str(processes.free_port())}
        return service_environment(self.service, self.names, **given, **ports, **more)

    def vacuum(self, *, full: bool = False) -> None:
        """Give the planner what it needs, and write out what is dirty, so that no contestant pays for another.

        `full` also gives back the room that the filling itself has left behind.
        """
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (FULL, ANALYZE)" if full else "VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))


@contextmanager
def raised() -> Iterator[Stage]:
    """Start both servers for this run alone, and leave nothing behind."""
    folder = own_folder()
    server, node = Postgres(folder / "postgres"), RabbitMQ(folder / "rabbitmq", broker_installation())
    try:
        server.start()
        _keep_commit_times(server)
        node.start()
        pids = tuple(child.pid for child in (server.child, node.child) if child)
        yield Stage(PostgresServer(server.url()), node.url, folder, pids)
    finally:
        node.stop()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_alone(**settings: str) -> Iterator[Stage]:
    """Start a PostgreSQL for this run alone, with these settings and without a broker, and leave nothing behind."""
    folder = own_folder()
    server = Postgres(folder / "postgres", settings=settings)
    try:
        server.start()
        yield Stage(PostgresServer(server.url()), "", folder, (server.child.pid,) if server.child else ())
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _keep_commit_times(server: Postgres) -> None:
    """Let the server note when each transaction committed: that is what every rate and latency here is made of."""
    with create_engine(server.url(), isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ALTER SYSTEM SET track_commit_timestamp = on"))
    server.stop()
    server.start()
