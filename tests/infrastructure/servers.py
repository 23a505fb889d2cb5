"""Where a test run's servers come from: a given URL, else a Docker engine, else the local stack's components."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from deploy.local import rabbitmq
from deploy.local.postgres import Postgres
from deploy.local.rabbitmq import RabbitMQ

ROOT = Path(__file__).parents[2]
POSTGRES, BROKER = "TEST_POSTGRES_URL", "TEST_BROKER_URL"


class Servers:
    """Starts each server at its first use and puts its URL in the environment, where xdist's workers inherit it."""

    def __init__(self) -> None:
        self._stops: list[Callable[[], None]] = []
        self._folder: Path | None = None

    def postgres_url(self) -> str:
        """A superuser's URL of a PostgreSQL server."""
        if POSTGRES not in os.environ:
            os.environ[POSTGRES] = _first(self._docker_postgres, self._own_postgres)
        return os.environ[POSTGRES]

    def broker_url(self) -> str:
        """The URL of a RabbitMQ virtual host."""
        if BROKER not in os.environ:
            os.environ[BROKER] = _first(self._docker_broker, self._own_broker)
        return os.environ[BROKER]

    def stop(self) -> None:
        """Stop what was started here and remove its files; what was given stays."""
        while self._stops:
            self._stops.pop()()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _own_postgres(self) -> str:
        server = Postgres(self._own_folder() / "postgres", durable=False)
        self._stops.append(server.stop)
        server.start()
        return server.url()

    def _own_broker(self) -> str:
        node = RabbitMQ(self._own_folder() / "rabbitmq", broker_installation())
        self._stops.append(node.stop)
        node.start()
        return node.url

    def _own_folder(self) -> Path:
        self._folder = self._folder or own_folder()
        return self._folder

    def _docker_postgres(self) -> str:
        from testcontainers.community.postgres import PostgresContainer

        container = PostgresContainer("postgres:18", driver="psycopg2").with_command("-c max_connections=200")
        container.start()
        self._stops.append(container.stop)
        return str(container.get_connection_url())

    def _docker_broker(self) -> str:
        from testcontainers.core.container import DockerContainer
        from testcontainers.core.wait_strategies import LogMessageWaitStrategy

        container = DockerContainer("rabbitmq:4").with_exposed_ports(5672)
        container.with_env("RABBITMQ_DEFAULT_USER", "market").with_env("RABBITMQ_DEFAULT_PASS", "market")
        container.waiting_for(LogMessageWaitStrategy("Server startup complete")).start()
        self._stops.append(container.stop)
        return f"amqp://market:market@{container.get_container_host_ip()}:{container.get_exposed_port(5672)}//"


def _first(docker: Callable[[], str], own: Callable[[], str]) -> str:
    """A container's URL where an engine answers; where it then cannot run the image, that is told and passed by."""
    if docker_answers():
        try:
            return docker()
        except Exception as problem:  # noqa: BLE001 - whatever keeps the engine from it, there is another way
            warnings.warn(f"Docker answers but cannot run the server: {problem}", stacklevel=2)
    return own()


def own_folder() -> Path:
    """A new folder for servers' data inside the project; folders of runs that were killed are swept away."""
    base = ROOT / ".local" / "tests"
    base.mkdir(parents=True, exist_ok=True)
    for left in base.glob("*-*"):
        if not Path("/proc", left.name.split("-")[0]).exists():
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=base))


def broker_installation() -> Path:
    """RabbitMQ's and Erlang's files; unpacked at the first use."""
    return rabbitmq.installation(ROOT / ".local" / "packages" / "rabbitmq")


def docker_answers() -> bool:
    """Whether a Docker engine answers; no engine is an answer too."""
    import docker
    from docker.errors import DockerException

    try:
        return bool(docker.from_env(timeout=3).ping())
    except DockerException:
        return False
