"""Databases are copies of one template, kept apart; the broker answers; nothing outlives a killed run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from amqp import Connection
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tests.eventually import eventually
from tests.infrastructure.databases import PostgresServer, TestDatabase
from tests.infrastructure.plugin import ServiceDatabase
from tests.infrastructure.servers import ROOT


def create_note(database: TestDatabase) -> None:
    with create_engine(database.owner_url).begin() as connection:
        connection.execute(text("CREATE TABLE note (id int)"))


def test_a_copy_holds_what_the_template_held_and_nothing_of_other_copies(service_database: ServiceDatabase) -> None:
    first, second = (service_database("probe", prepare=create_note) for _ in range(2))
    with create_engine(first.owner_url).begin() as connection:
        connection.execute(text("INSERT INTO note VALUES (1)"))
    with create_engine(second.owner_url).begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM note")).scalar() == 0


def test_a_role_reaches_only_its_own_database(service_database: ServiceDatabase, postgres: PostgresServer) -> None:
    mine = service_database("probe", prepare=create_note)
    other = service_database("stranger", prepare=create_note)
    with create_engine(mine.url).connect() as connection:
        assert connection.execute(text("SELECT current_user")).scalar() == "probe_app"
    with pytest.raises(OperationalError, match="permission denied"):
        create_engine(postgres.url(other.name, "probe_app")).connect()


def test_the_broker_answers(broker_url: str) -> None:
    url = make_url(broker_url)
    with Connection(f"{url.host}:{url.port}", userid=url.username, password=url.password) as connection:
        assert connection.connected


def test_a_killed_run_leaves_no_server_behind(tmp_path: Path) -> None:
    probe = tmp_path / "test_probe.py"
    probe.write_text(
        "import time\ndef test_wait(postgres, broker_url):\n    print('up', flush=True)\n    time.sleep(60)"
    )
    command = [sys.executable, "-m", "pytest", "-s", "-p", "tests.infrastructure.plugin", "--rootdir", str(tmp_path)]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TEST_", "PYTEST_"))}
    run = subprocess.Popen([*command, str(probe)], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    for line in run.stdout:
        if "up" in line.split():
            break
    children = psutil.Process(run.pid).children(recursive=True)
    assert {"postgres", "beam.smp"} <= {child.name() for child in children}
    run.send_signal(signal.SIGKILL)
    run.wait()
    eventually(lambda: not [child for child in children if child.is_running()])
