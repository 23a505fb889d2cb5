"""Where PostgreSQL, RabbitMQ and nginx come from: a given URL, else Docker, else this machine or Debian's packages."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local import checkout, docker, nginx, processes, rabbitmq
from deploy.local.apt import Say
from deploy.local.postgres import Postgres
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.supervisor import Program

POSTGRES_URL, BROKER_URL = "MARKET_POSTGRES_URL", "MARKET_BROKER_URL"


@dataclass(frozen=True)
class Component:
    """A server the system needs: its address, where it is from, and the programs to run for it, if any."""

    source: str
    url: str
    programs: tuple[Program, ...] = ()


def postgres(say: Say) -> Component:
    """A PostgreSQL superuser's URL, and the server to run unless one was given."""
    if given := os.environ.get(POSTGRES_URL):
        return Component(f"given by {POSTGRES_URL}", given)
    folder = checkout.DATA / "postgres"
    if not (folder / "data").exists() and docker.offers(docker.POSTGRES, say):
        return _docker_postgres()
    server = Postgres(folder)
    server.initialise()
    program = Program(
        name="postgres", command=server.command(), env=server.env(), cwd=folder, log=checkout.LOGS / "postgres.log",
        layer=0, stop_signal=signal.SIGINT, death_signal=signal.SIGQUIT, grace=15, ready=server.ready, quiet=True,
        before=server.forget_dead,
    )  # fmt: skip
    return Component("embedded", server.url(), (program,))


def broker(say: Say) -> Component:
    """The URL of a RabbitMQ virtual host, and the node to run unless one was given."""
    if given := os.environ.get(BROKER_URL):
        return Component(f"given by {BROKER_URL}", given)
    folder = checkout.DATA / "rabbitmq"
    if not folder.exists() and docker.offers(docker.RABBITMQ, say):
        return _docker_broker()
    root = rabbitmq.installation(checkout.PACKAGES / "rabbitmq", say)
    node = RabbitMQ(folder, root)
    node.prepare()
    log = checkout.LOGS / "rabbitmq.log"
    epmd = Program(
        name="epmd", command=node.epmd_command(), env=node.env(), cwd=folder, log=log, layer=0, quiet=True,
        ready=lambda: processes.listening(node.epmd_port), stop_signal=signal.SIGKILL,
    )  # fmt: skip
    beam = Program(
        name="rabbitmq", command=node.command(), env=node.env(), cwd=folder, log=log, layer=1, quiet=True,
        ready=lambda: processes.listening(node.port), death_signal=signal.SIGKILL, grace=15,
    )  # fmt: skip
    return Component("this machine" if root == Path("/") else "Debian packages", node.url, (epmd, beam))


def edge(say: Say) -> Callable[[list[str]], list[str]]:
    """Turns nginx's arguments into the command that runs it here."""
    if not nginx.installed() and docker.offers(docker.NGINX, say):
        return lambda arguments: docker.run(docker.NGINX, "nginx", ["--network=host"], ["nginx", *arguments])
    program = str(nginx.binary(say))
    return lambda arguments: [program, *arguments]


def _docker_postgres() -> Component:
    port, password = processes.free_port(), checkout.secret("postgres")
    folder = checkout.DATA / "docker-postgres"
    folder.mkdir(parents=True, exist_ok=True)
    options = [f"--publish=127.0.0.1:{port}:5432", "--env=POSTGRES_PASSWORD", "--env=PGDATA=/data/cluster"]
    command = docker.run(docker.POSTGRES, "postgres", [*options, f"--volume={folder}:/data"], [])
    check = ["pg_isready", "-h", "127.0.0.1"]
    program = _container("postgres", command, check, {"POSTGRES_PASSWORD": password}, layer=0)
    return Component("Docker", f"postgresql+psycopg2://postgres:{password}@127.0.0.1:{port}/postgres", (program,))


def _docker_broker() -> Component:
    port, password = processes.free_port(), checkout.secret("rabbitmq")
    folder = checkout.DATA / "docker-rabbitmq"
    folder.mkdir(parents=True, exist_ok=True)
    options = [f"--publish=127.0.0.1:{port}:5672", "--hostname=market", f"--volume={folder}:/var/lib/rabbitmq"]
    user = ["--env=RABBITMQ_DEFAULT_USER=market", "--env=RABBITMQ_DEFAULT_PASS"]
    command = docker.run(docker.RABBITMQ, "rabbitmq", [*options, *user], [])
    check = ["rabbitmq-diagnostics", "-q", "check_port_connectivity"]
    program = _container("rabbitmq", command, check, {"RABBITMQ_DEFAULT_PASS": password}, layer=1)
    return Component("Docker", f"amqp://market:{password}@127.0.0.1:{port}//", (program,))


def _container(name: str, command: list[str], check: list[str], secrets: dict[str, str], *, layer: int) -> Program:
    """A server in a foreground container; secrets go through the environment, which no list of processes shows."""
    return Program(
        name=name,
        command=command,
        env={**os.environ, **secrets},
        cwd=checkout.ROOT,
        log=checkout.LOGS / f"{name}.log",
        layer=layer,
        ready=lambda: docker.healthy(name, check),
        quiet=True,
        grace=15,
        before=lambda: docker.remove(name),
    )


def check_nginx(command: list[str]) -> None:
    """Refuses with nginx's own words when it would not take the configuration."""
    tested = subprocess.run(command, capture_output=True, text=True, check=False)
    if tested.returncode:
        raise RuntimeError(f"nginx refuses its configuration: {tested.stderr.strip()}")
