"""A broker that goes silent in the middle of anything, even of a frame, is noticed within the limit."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from shared.events.identity import CustomerCreated
from shared.messaging import topology
from shared.messaging.publisher import Message, Publisher
from shared.messaging.topology import Broker
from tests.eventually import eventually
from tests.faults.proxy import Proxy

LIMIT = 1
BUDGETS = range(20, 1220, 17)
"""Bytes in both directions: from inside the greeting to behind the last answer of the set-up."""


@pytest.fixture
def falling_silent(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker whose every connection falls silent a little later than the one before."""
    monkeypatch.setattr(topology, "IO_TIMEOUT_SECONDS", LIMIT)
    parts = urlsplit(broker.url)
    proxy = Proxy(parts.port or 5672, mute=True)
    budgets = itertools.cycle(BUDGETS)
    proxy.budget = lambda: next(budgets)
    yield Broker(broker.url.replace(f":{parts.port}", f":{proxy.port}"), broker.namespace)
    proxy.close()


def publish(broker: Broker) -> float:
    """Open a publisher and send a message; how long it took to fail."""
    began = time.monotonic()
    with pytest.raises(Exception):  # noqa: B017 - whichever comes: the relay takes each as a doubt
        Publisher(broker, "identity").publish([Message("1", "customer.created", b"x" * 1000)], LIMIT)
    return time.monotonic() - began


def listen(broker: Broker) -> float:
    """Connect as a consumer does; how long it took to fail."""
    began = time.monotonic()
    with pytest.raises(Exception):  # noqa: B017 - whichever comes: the intake reconnects after each
        topology.declare_consumer(broker.connect(), broker, "vendor", [CustomerCreated])
    return time.monotonic() - began


def test_no_moment_of_silence_is_waited_out_for_ever(falling_silent: Broker) -> None:
    took: list[float] = []
    working = [
        threading.Thread(target=lambda way=way: took.append(way(falling_silent)), daemon=True)
        for way in (publish, listen)
        for _ in BUDGETS
    ]
    for each in working:
        each.start()
    eventually(lambda: len(took) == len(working), timeout=20)
