"""A taken port is refused by name, with its holder and the way out."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import ports


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield int(server.getsockname()[1])


def test_a_free_port_is_used_as_asked() -> None:
    free = ports.next_free(20000)
    assert ports.choose(free) == (free, None)


def test_a_taken_port_is_refused_with_its_holder_and_another_that_is_free(taken: int) -> None:
    with pytest.raises(ports.PortTaken, match=rf"port {taken} is held by pid {os.getpid()}: .*--port \d+"):
        ports.choose(taken)


def test_the_default_port_does_not_move_away_from_a_stranger(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "DEFAULT", taken)
    with pytest.raises(ports.PortTaken):
        ports.choose(None)


def test_the_default_port_moves_beside_another_checkout_and_says_so(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "DEFAULT", taken)
    monkeypatch.setattr(ports, "holder_of", lambda _port: ports.Holder(7, "nginx", Path("/elsewhere/market")))
    port, sentence = ports.choose(None)
    assert port > taken
    assert sentence is not None
    assert "/elsewhere/market" in sentence
    assert str(port) in sentence


def test_somebody_who_only_connects_does_not_hold_a_port() -> None:
    assert ports.is_free(ports.next_free(30000))
