"""What a nest forks is a process like any other: watched, started again, stopped; and nothing random is shared."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local import checkout
from deploy.local.supervisor import Program, Supervised, Supervisor
from tests.eventually import eventually

WAITING = "import time\nprint({said}, flush=True)\nif __name__ == '__main__':\n    time.sleep(600)\n"
SPEAKING = "import random, sys\nfrom uuid_utils.compat import uuid7\nif __name__ == '__main__':\n    {said}\n"

Begin = Callable[..., Supervised]


class Yard:
    """A nest of modules written here, what they said, and who runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lines = folder, list[tuple[str, str]]()
        self.supervisor = Supervisor(lambda name, line: self.lines.append((name, line)), lambda _reports: None)

    def write(self, module: str, code: str) -> None:
        (self.folder / f"{module}.py").write_text(code)

    def nest(self, *modules: str) -> Supervised:
        command = [sys.executable, "-m", "deploy.local.nest", str(self.folder / "socket"), *modules]
        return self._start("nest", command, None, layer=1)

    def begin(self, module: str, *arguments: str, name: str = "probe") -> Supervised:
        return self._start(name, [module, *arguments], self.folder / "socket", layer=2)

    def said(self, name: str = "probe") -> list[str]:
        return [line for each, line in self.lines if each == name]

    def _start(self, name: str, command: list[str], nest: Path | None, *, layer: int) -> Supervised:
        env = {**os.environ, "PYTHONPATH": str(checkout.ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
        log = self.folder / f"{name}.log"
        program = Program(name=name, command=command, env=env, cwd=self.folder, log=log, nest=nest, layer=layer)
        return self.supervisor.start(program)


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    made = Yard(tmp_path)
    yield made
    made.supervisor.stop()


def pid(watched: Supervised, *, but: int | None = None) -> int:
    def running() -> int:
        found = watched.report()["pid"]
        assert found not in {None, but}
        return int(found)

    return eventually(running)


def test_a_child_is_forked_with_its_own_environment_arguments_and_output(yard: Yard) -> None:
    yard.write(
        "probe",
        "import os, sys, time\nif __name__ == '__main__':\n    print(sys.argv[1:], os.getppid())\n    time.sleep(600)",
    )
    nest = yard.nest("probe")
    child = yard.begin("probe", "one", "two")
    eventually(lambda: yard.said() == [f"['one', 'two'] {pid(nest)}"])
    process = psutil.Process(pid(child))
    assert (os.getpgid(process.pid), process.name()) == (process.pid, "probe")


def test_a_killed_child_is_told_with_its_code_and_comes_back(yard: Yard) -> None:
    yard.write("probe", WAITING.format(said="'up'"))
    yard.nest("probe")
    child = yard.begin("probe")
    first = pid(child)
    os.kill(first, signal.SIGKILL)
    assert pid(child, but=first)
    assert any("probe ended with code -9" in line for line in yard.said("market"))


def test_a_nest_that_is_killed_takes_its_children_with_it_and_all_come_back(yard: Yard) -> None:
    yard.write("probe", WAITING.format(said="'up'"))
    nest, child = yard.nest("probe"), yard.begin("probe")
    old, first = psutil.Process(pid(child)), pid(nest)
    eventually(lambda: yard.said() == ["up"])
    os.kill(first, signal.SIGKILL)
    eventually(lambda: not old.is_running())
    pid(nest, but=first)
    pid(child, but=old.pid)


def test_stopping_leaves_nothing(yard: Yard) -> None:
    yard.write("probe", WAITING.format(said="'up'"))
    nest, child = yard.nest("probe"), yard.begin("probe")
    running = [psutil.Process(pid(each)) for each in (nest, child)]
    yard.supervisor.stop()
    assert not [each for each in running if each.is_running()]


def test_code_that_has_changed_is_run_as_it_is_now(yard: Yard) -> None:
    yard.write("probe", WAITING.format(said="'before'"))
    yard.nest("probe")
    child = yard.begin("probe")
    eventually(lambda: yard.said() == ["before"])
    yard.write("probe", WAITING.format(said="'after'"))
    os.kill(pid(child), signal.SIGKILL)
    eventually(lambda: yard.said() == ["before", "after"])


def test_one_that_cannot_be_imported_fails_alone(yard: Yard) -> None:
    yard.write("broken", "raise ZeroDivisionError('by design')")
    yard.write("probe", WAITING.format(said="'up'"))
    yard.nest("broken", "probe")
    yard.begin("broken", name="bad")
    yard.begin("probe")
    eventually(lambda: "up" in yard.said() and "ZeroDivisionError: by design" in yard.said("bad"))


def test_children_draw_other_random_numbers(yard: Yard) -> None:
    yard.write("probe", SPEAKING.format(said="print(random.random(), uuid7().hex[16:], flush=True)"))
    yard.nest("probe")
    yard.begin("probe")
    eventually(lambda: len(yard.said()) >= 3, timeout=20)
    numbers, ids = zip(*(line.split() for line in yard.said()), strict=True)
    assert len(set(numbers)) == len(set(ids)) == len(ids)
