"""The ear: it hears again after every cut, lets go in order, and leaves nothing unacknowledged that was committed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from shared.events.identity import CustomerCreated
from shared.messaging.intake import PREFETCH, Delivery, Intake
from shared.messaging.publisher import Message, Publisher
from shared.messaging.topology import Broker
from tests.eventually import eventually


@pytest.fixture
def listening(broker: Broker) -> Iterator[Callable[[], Intake]]:
    made: list[Intake] = []

    def listen() -> Intake:
        intake = Intake(broker, "vendor", [CustomerCreated])
        intake.start()
        made.append(intake)
        eventually(lambda: intake.connected)
        return intake

    yield listen
    for intake in made:
        intake.stop()


def publish(broker: Broker, count: int, size: int) -> None:
    publisher = Publisher(broker, "identity")
    publisher.publish([Message(str(n), "customer.created", bytes(size)) for n in range(count)], 30)
    publisher.close()


def test_it_stops_at_once_under_load_and_what_was_committed_does_not_come_again(
    broker: Broker, listening: Callable[[], Intake], capsys: pytest.CaptureFixture[str]
) -> None:
    listening().stop()
    publish(broker, PREFETCH + 4000, 4000)
    for committed in (700, 800, 900):
        intake = listening()
        taken: list[Delivery] = []
        while len(taken) < committed:
            taken += intake.take(committed - len(taken), 5)
        intake.committed_through(taken[-1])
        began = time.monotonic()
        intake.stop()
        assert time.monotonic() - began < 2
        assert not intake.is_alive()
    assert "intake.disconnected" not in capsys.readouterr().out
    listening()
    eventually(lambda: _left(broker) == 4000 - 700 - 800 - 900)


def _left(broker: Broker) -> int:
    """How many messages nobody has been given yet."""
    connection = broker.connect()
    try:
        return int(broker.queue("vendor")(connection.default_channel).queue_declare(passive=True).message_count)
    finally:
        connection.release()


def test_after_many_cuts_it_still_comes_back_at_once(
    listening: Callable[[], Intake], monkeypatch: pytest.MonkeyPatch
) -> None:
    intake, pauses = listening(), []
    wait = threading.Event.wait

    def noted(event: threading.Event, timeout: float | None = None) -> bool:
        if event is intake._stopping:
            pauses.append(timeout)
        return wait(event, timeout)

    def broken(*_: object) -> None:
        raise ConnectionResetError("cut")

    monkeypatch.setattr(threading.Event, "wait", noted)
    for cuts in range(1, 5):
        with monkeypatch.context() as cutting:
            cutting.setattr(intake, "_receive", broken)
            eventually(lambda: len(pauses) >= cuts)  # noqa: B023
        eventually(lambda: intake.connected)
    assert max(filter(None, pauses)) < 1


def test_nothing_unforeseen_makes_it_deaf(listening: Callable[[], Intake], monkeypatch: pytest.MonkeyPatch) -> None:
    intake = listening()

    def garbled(*_: object) -> None:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "a routing key that is no text")

    with monkeypatch.context() as garbling:
        garbling.setattr(intake, "_receive", garbled)
        eventually(lambda: not intake.connected)
    eventually(lambda: intake.connected)
