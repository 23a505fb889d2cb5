"""What dies is started again, what is stopped is gone with all it started, and what stops is told."""

import dataclasses
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local.supervisor import Program, Supervisor
from tests.eventually import eventually

FAMILY = "import subprocess,sys,time; subprocess.Popen(['sleep','600']); print('up', flush=True); time.sleep(600)"
STUBBORN = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"

POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("bye", flush=True), sys.exit(0)))
print("up", flush=True)
time.sleep(600)
"""


class Watch:
    """A supervisor and everything it told."""

    def __init__(self, folder: Path) -> None:
        self.lines: list[tuple[str, str]] = []
        self.reports: list[dict[str, Any]] = []
        self.supervisor = Supervisor(lambda name, line: self.lines.append((name, line)), self._publish)
        self._folder = folder

    def program(self, code: str, **more: Any) -> Program:
        command = [sys.executable, "-c", code]
        return Program(
            name="probe",
            command=command,
            env=dict(os.environ),
            cwd=self._folder,
            log=self._folder / "probe.log",
            **more,
        )

    def pid(self) -> int:
        return int(eventually(lambda: self.reports[0]["pid"] or False))

    def said(self, text: str) -> bool:
        return any(text in line for _, line in self.lines)

    def _publish(self, reports: list[dict[str, Any]]) -> None:
        self.reports = reports


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    made = Watch(tmp_path)
    yield made
    made.supervisor.stop()


def test_a_killed_program_is_started_again_and_the_death_is_told(watch: Watch) -> None:
    watch.supervisor.start(watch.program(FAMILY))
    first = watch.pid()
    eventually(lambda: watch.said("up"))
    os.kill(first, signal.SIGKILL)
    eventually(lambda: watch.reports[0]["pid"] not in {None, first})
    assert watch.reports[0]["restarts"] == 1
    assert watch.said("probe ended with code -9")


def test_children_of_a_program_that_died_do_not_stay(watch: Watch) -> None:
    watch.supervisor.start(watch.program(FAMILY))
    eventually(lambda: watch.said("up"))
    children = psutil.Process(watch.pid()).children()
    os.kill(watch.pid(), signal.SIGKILL)
    eventually(lambda: not any(child.is_running() for child in children))


def test_stopping_ends_the_program_and_its_children_also_when_it_ignores_the_signal(watch: Watch) -> None:
    watch.supervisor.start(watch.program(STUBBORN, grace=0.3))
    eventually(lambda: watch.said("up"))
    process = psutil.Process(watch.pid())
    watch.supervisor.stop()
    assert not process.is_running()


def test_layers_stop_from_the_last_started_to_the_first(watch: Watch) -> None:
    for layer, name in ((0, "database"), (2, "service")):
        watch.supervisor.start(dataclasses.replace(watch.program(POLITE, layer=layer), name=name))
    eventually(lambda: len([1 for _, line in watch.lines if line == "up"]) == 2)
    watch.supervisor.stop()
    assert [name for name, line in watch.lines if line == "bye"] == ["service", "database"]


def test_every_line_is_told_under_the_program_s_name_and_kept_in_its_log(watch: Watch) -> None:
    program = watch.program("print('hello', flush=True); import time; time.sleep(600)")
    watch.supervisor.start(program)
    eventually(lambda: ("probe", "hello") in watch.lines)
    assert "hello" in program.log.read_text()


def test_a_program_that_keeps_dying_is_named_with_its_log(watch: Watch) -> None:
    watched = watch.supervisor.start(watch.program("raise SystemExit(3)", ready=lambda: False))
    with pytest.raises(RuntimeError, match=r"probe does not get ready; see .*probe\.log"):
        watched.wait_ready()
