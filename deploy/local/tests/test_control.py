"""What is stopped by name stays stopped, what is started again is ready, and what cannot be done is told."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local.control import Control, ask
from deploy.local.tests.test_supervisor import POLITE, Watch
from tests.eventually import eventually

Order = Callable[..., dict[str, dict[str, Any]]]
NAMES = ("nest", "vendor-web", "vendor-consumer", "vendors")


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """A supervisor of four programs that say when they are there."""
    made = Watch(tmp_path)
    for name in NAMES:
        made.supervisor.start(dataclasses.replace(made.program(POLITE), name=name))
    eventually(lambda: len([1 for _, line in made.lines if line == "up"]) == len(NAMES))
    yield made
    made.supervisor.stop()


@pytest.fixture
def order(watch: Watch, tmp_path: Path) -> Order:
    """An order by the line; the programs by their names."""
    place = tmp_path / "control.socket"
    Control(place, {"stop": watch.supervisor.hold, "start": watch.supervisor.release}).listen()

    def said(act: str, *names: str) -> dict[str, dict[str, Any]]:
        return {it["name"]: it for it in ask(place, act, names)}

    return said


def test_a_service_that_is_stopped_stays_so_and_the_others_run(watch: Watch, order: Order) -> None:
    before = {it["name"]: it["pid"] for it in watch.reports}
    stopped = order("stop", "vendor")
    assert {name: (it["state"], it["pid"]) for name, it in stopped.items()} == dict.fromkeys(
        ("vendor-web", "vendor-consumer"), ("stopped", None)
    )
    assert not any(psutil.pid_exists(before[name]) for name in stopped)
    assert order("stop", "vendor").keys() == stopped.keys()
    assert {it["name"] for it in watch.reports if it["pid"]} == {"nest", "vendors"}
    assert {thread.name for thread in threading.enumerate()} & {*NAMES} == {"nest", "vendors"}


def test_what_is_started_again_runs_and_what_runs_is_left_alone(watch: Watch, order: Order) -> None:
    order("stop", "vendor-web")
    before = {it["name"]: it["pid"] for it in watch.reports}
    started = order("start", "vendor", "vendors")
    assert {it["state"] for it in started.values()} == {"running"}
    now = {name: it["pid"] for name, it in started.items()}
    assert (now["vendor-consumer"], now["vendors"]) == (before["vendor-consumer"], before["vendors"])
    assert now["vendor-web"] not in {None, before["vendor-web"]}
    order("stop", "vendor-web")


@pytest.mark.parametrize(
    ("names", "said"),
    [(["vendor", "nobody"], "nothing here is called nobody; there are"), (["nest"], "market down stops everything")],
)
def test_what_cannot_be_stopped_is_told_and_nothing_is_stopped(
    watch: Watch, order: Order, names: list[str], said: str
) -> None:
    with pytest.raises(RuntimeError, match=said):
        order("stop", *names)
    assert all(it["pid"] for it in watch.reports)


def test_what_does_not_get_ready_again_is_told_and_so_is_a_line_that_nobody_answers(
    watch: Watch, order: Order, tmp_path: Path
) -> None:
    never = dataclasses.replace(watch.program("raise SystemExit(3)", ready=lambda: False), name="broken")
    watch.supervisor.start(never)
    order("stop", "broken")
    with pytest.raises(RuntimeError, match="broken does not get ready"):
        order("start", "broken")
    with pytest.raises(RuntimeError, match="does not answer"):
        ask(tmp_path / "nobody.socket", "stop", ["vendor"])


def test_nothing_is_started_while_everything_stops(watch: Watch, order: Order) -> None:
    order("stop", "vendor")
    watch.supervisor.stop()
    with pytest.raises(RuntimeError, match="is being stopped"):
        order("start", "vendor")
