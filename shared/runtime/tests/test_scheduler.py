"""What a schedule promises: each job again and again, alone of its name, and nobody stopped by another's fault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from shared.kit.database import Database
from shared.kit.errors import Refusal
from shared.kit.settings import Secret, Settings
from shared.runtime import jobs
from shared.runtime.scheduler import Scheduler
from shared.runtime.service import Scheduled, Service
from tests.eventually import eventually
from tests.infrastructure.plugin import ServiceDatabase

OFTEN = timedelta(milliseconds=5)


@pytest.fixture(scope="module")
def database(service_database: ServiceDatabase) -> Iterator[Database]:
    at = service_database("scheduling", prepare=lambda _database: None)
    database = Database(at.url, application_name="tests")
    yield database
    database.dispose()


@dataclass
class Room:
    """A service without anything but jobs, and a scheduler of them."""

    database: Database

    @property
    def service(self) -> Service:
        settings = Settings(
            service="scheduling",
            environment="local",
            gateway_url="http://localhost",
            secret_key=Secret("long enough for tests"),
            database_url=Secret(self.database.engine.url.render_as_string(hide_password=False)),
            broker_url=Secret("amqp://127.0.0.1:1"),
            jwks_url="http://127.0.0.1:1",
        )
        nowhere = Path("/nowhere")
        return Service(
            name="scheduling", version="1", settings=lambda: settings, migrations=nowhere,
            web="none",
        )  # fmt: skip

    def scheduler(self, *schedule: Scheduled) -> Scheduler:
        return Scheduler(self.service, schedule, self.service.settings(), self.database)


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database)


def every(work: Callable[[], None], name: str, pause: timedelta = OFTEN) -> Scheduled:
    return Scheduled(command=click.command(name)(work), every=pause)


def runs(job: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("job_runs_total", {"job": job, "outcome": outcome}) or 0


def test_a_job_that_fails_is_told_and_stops_neither_itself_nor_the_others(room: Room) -> None:
    def bad() -> None:
        raise ZeroDivisionError("by design")

    def hopeless() -> None:
        raise SystemExit(3)

    done: list[int] = []
    scheduler = room.scheduler(every(bad, "bad"), every(hopeless, "hopeless"), every(lambda: done.append(1), "good"))
    working = threading.Thread(target=scheduler.run)
    with capture_logs() as lines:
        working.start()
        eventually(lambda: min(runs("bad", "failed"), runs("hopeless", "failed"), len(done)) >= 3)
        scheduler.stop.set()
        working.join(10)
    assert not working.is_alive()
    told = [line for line in lines if line["event"] == "job.failed"]
    assert {(line["job"], line["reason"]) for line in told} == {
        ("bad", "ZeroDivisionError: by design"),
        ("hopeless", "exit code 3"),
    }
    assert len([line for line in told if line.get("exc_info")]) == 1, "the traceback is told once"
    assert runs("good", "done") >= 3


def test_one_of_a_name_works_at_a_time_whoever_runs_it(room: Room) -> None:
    done: list[int] = []
    job = every(lambda: done.append(1), "lonely")
    with jobs.alone(room.database, "lonely"):
        room.scheduler(job).once(job)
        assert (done, runs("lonely", "busy")) == ([], 1)
    room.scheduler(job).once(job)
    assert (done, runs("lonely", "done")) == ([1], 1)


def test_another_name_need_not_wait(room: Room) -> None:
    with jobs.alone(room.database, "lonely"), jobs.alone(room.database, "other"):
        pass


def test_what_has_begun_is_finished_when_told_to_stop(room: Room) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        go_on.wait(10)
        done.set()

    scheduler = room.scheduler(every(slow, "slow"))
    working = threading.Thread(target=scheduler.run)
    working.start()
    assert begun.wait(10)
    scheduler.stop.set()
    working.join(0.05)
    assert working.is_alive()
    go_on.set()
    working.join(10)
    assert done.is_set()
    assert not working.is_alive()


def test_a_scheduled_job_works_on_the_scheduler_s_connections_and_is_told_in_the_log(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    lent: list[Database] = []

    def work() -> None:
        with jobs.opened(room.service, "told") as (_, database):
            lent.append(database)
            jobs.say({"removed": len(lent) - 1, "names": ["a"]})

    job = every(work, "told")
    with capture_logs() as lines:
        room.scheduler(job).once(job)
        room.scheduler(job).once(job)
    assert lent == [room.database, room.database]
    assert [(line["log_level"], line["removed"]) for line in lines] == [("debug", 0), ("info", 1)]
    assert "names" not in lines[0]
    assert capsys.readouterr().out == ""


def test_by_hand_it_opens_its_own_and_prints_a_line(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    with jobs.opened(room.service, "told") as (_, database):
        assert database is not room.database
        jobs.say({"removed": 0})
    assert capsys.readouterr().out == '{"removed":0}\n'


def test_what_the_domain_refuses_is_a_sentence(room: Room) -> None:
    class TooEarly(Refusal):
        """Come back tomorrow."""

    def work() -> None:
        with jobs.opened(room.service, "refused"):
            raise TooEarly

    job = every(work, "refused")
    with capture_logs() as lines:
        room.scheduler(job).once(job)
    assert [(line["event"], line["reason"]) for line in lines] == [("job.failed", "Come back tomorrow.")]
