"""The fixtures: `postgres`, `broker_url`, `service_database`, `broker_namespace`, and servers of one's own to kill."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from deploy.local.postgres import Postgres
from deploy.local.rabbitmq import RabbitMQ
from shared.kit.database import Database
from shared.kit.settings import Settings
from tests.infrastructure.chromium import Chromium
from tests.infrastructure.chromium import chromium as find_chromium
from tests.infrastructure.databases import PostgresServer, Prepare, TestDatabase
from tests.infrastructure.migrations import migrate_by_command
from tests.infrastructure.running import RunningMarket
from tests.infrastructure.servers import Servers, broker_installation, own_folder

ServiceDatabase = Callable[..., TestDatabase]
LOCK_SECONDS = 8
"""How long a test's statement waits for a lock before it fails."""
_servers = pytest.StashKey[Servers]()


def pytest_configure(config: pytest.Config) -> None:
    """The controller owns the servers; with workers they must be up before these start."""
    config.stash[_servers] = servers = Servers()
    distributed = bool(getattr(config.option, "numprocesses", None)) or "PYTEST_XDIST_WORKER" in os.environ
    if distributed and not config.option.collectonly:
        servers.postgres_url()
        servers.broker_url()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whatever happened, nothing stays behind; when pytest is killed, the kernel ends its children."""
    config.stash[_servers].stop()


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> PostgresServer:
    """The run's PostgreSQL server, shared by all workers."""
    return PostgresServer(pytestconfig.stash[_servers].postgres_url())


@pytest.fixture(scope="session")
def broker_url(pytestconfig: pytest.Config) -> str:
    """The run's RabbitMQ, shared by all workers: keep apart by `broker_namespace`."""
    return pytestconfig.stash[_servers].broker_url()


@pytest.fixture(scope="module")
def broker_namespace() -> str:
    """A prefix of exchange and queue names that no other module uses."""
    return f"test-{uuid4().hex[:10]}"


@pytest.fixture(scope="module")
def service_database(postgres: PostgresServer) -> Iterator[ServiceDatabase]:
    """`service_database("vendor")`: a migrated database for this module, cloned from the service's template.

    `prepare=` fills the template in another way, for rooms that are no service: `service_database("kit", prepare=…)`.
    """
    made: list[TestDatabase] = []

    def create(service: str, prepare: Prepare | None = None) -> TestDatabase:
        made.append(postgres.service_database(service, prepare or partial(migrate_by_command, service)))
        return made[-1]

    yield create
    for database in made:
        postgres.drop_database(database.name)


@pytest.fixture(scope="module")
def database(settings: Settings) -> Iterator[Database]:
    """The database of the service whose `settings` a room's tests give, as the service's own role sees it."""
    made = Database(
        settings.database_url, application_name=f"{settings.service}-tests", pool_size=12, lock_timeout=LOCK_SECONDS
    )
    yield made
    made.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session whose work is undone at the end of the test."""
    with database.engine.connect() as connection:
        yield Session(connection)
        connection.rollback()


@pytest.fixture(scope="session")
def running_market() -> Iterator[RunningMarket]:
    """The whole system on a port of its own; for tests marked `system`, `browser` or `faults`."""
    folder = own_folder()
    market = RunningMarket(folder)
    try:
        market.up()
        yield market
    finally:
        market.down()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """A real Chromium; `playwright.chromium.launch(**chromium.options)` starts it."""
    return find_chromium()


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """A durable PostgreSQL server of the module's own, to stop, kill and start."""
    folder = own_folder()
    server = Postgres(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def own_broker() -> Iterator[RabbitMQ]:
    """A RabbitMQ node of the module's own, to stop, kill, alarm and start."""
    folder = own_folder()
    node = RabbitMQ(folder, broker_installation())
    node.start()
    yield node
    node.stop()
    shutil.rmtree(folder, ignore_errors=True)
