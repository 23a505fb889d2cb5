"""Who takes part: our processes as an operator starts them, and the peers in their own environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.people import Events
from benchmarks.stage import Store
from shared.events.envelope import encode
from shared.messaging.topology import Broker
from tests.infrastructure.servers import ROOT

ENVIRONMENT = ROOT / ".local" / "benchmarks" / "peers"
PYTHON = ENVIRONMENT / "bin" / "python"


def ours(service: str, process: str) -> list[str]:
    """The command of one of our processes."""
    return [sys.executable, "-m", f"services.{service}", process]


def peers(program: str) -> list[str]:
    """The command of a peer's program."""
    return [str(PYTHON), "-m", f"benchmarks.peers.{program}"]


def told(store: Store, broker: Broker) -> dict[str, str]:
    """What a peer reads: the same database, exchange and queue, in the form that every client library understands."""
    return {
        "PEER_DATABASE": store.names.url.replace("postgresql+psycopg2", "postgresql"),
        "PEER_BROKER": broker.url.removesuffix("//") + "/%2F",
        "PEER_EXCHANGE": broker.exchange("identity").name,
        "PEER_QUEUE": broker.queue("vendor").name,
        "PYTHONWARNINGS": "ignore",
    }


def send_tasks(command: Sequence[str], environment: dict[str, str], events: Events) -> None:
    """Celery reads its own messages only: let it send them."""
    lines = "".join(encode(event) + "\n" for event in events)
    given = {**os.environ, **environment}
    subprocess.run([*command, "fill"], env=given, input=lines, text=True, check=True, capture_output=True)


def install_peers() -> None:
    """Make the peers' environment, once for each state of `requirements.txt`."""
    wanted = Path(__file__).parent / "requirements.txt"
    done = ENVIRONMENT / "installed"
    if done.exists() and done.read_text() == wanted.read_text():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "-r", str(wanted)]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed.returncode:
        raise RuntimeError(f"the peers of {wanted} could not be installed:\n{installed.stderr}")
    done.write_text(wanted.read_text())
