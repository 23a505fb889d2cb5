"""A mail server that fails at random, dispatchers that are killed, and the count of what arrived: once, or named."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import Envelope as Letter
from sqlalchemy import text

from services.notifications.tests.mailbox import HANG_UP, TAKEN, Mailbox
from services.notifications.tests.world import approved, confirmed, created, envelope, part
from shared.events.envelope import Envelope, encode
from shared.events.ids import new_id
from shared.messaging.publisher import Message, Publisher
from shared.messaging.topology import Broker
from tests.infrastructure.databases import TestDatabase
from tests.integration.marketplace import Room
from tests.integration.processes import ServiceProcess

CUSTOMERS, VENDORS = 40, 4
DEAD = "dead."
"""Begins the addresses that the mail server does not know."""
DELIVERIES = text("SELECT id, state, recipient_id FROM delivery")
STATES = text("SELECT state, count(*) AS number FROM delivery GROUP BY state")
HANDLED = text("SELECT count(*) FROM inbox WHERE status = 'handled'")


class MoodyMailbox(Mailbox):
    """Refuses for now, hangs up before the end and after it, and now and then takes a mail without saying so."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._drawn = random.Random(seed)
        self.at_recipient = self._recipient
        self.at_data = lambda _: self._mood((0.02, "452 no room"), (0.02, HANG_UP))
        self.at_end = lambda _: self._mood((0.02, "451 try later"), (0.01, HANG_UP))
        self.silent = lambda _: self._drawn.random() < 0.01

    def _recipient(self, letter: Letter) -> str:
        if str(letter.rcpt_tos[-1]).startswith(DEAD):
            return "550 5.1.1 no such mailbox"
        return self._mood((0.06, "450 busy"), (0.03, "421 closing"), (0.03, HANG_UP))

    def _mood(self, *moods: tuple[float, str]) -> str:
        drawn = self._drawn.random()
        for share, said in moods:
            if drawn < share:
                return said
            drawn -= share
        return TAKEN


@dataclass
class Told:
    """Everything that was said: who there is, and then what they are to hear, each of it one mail."""

    people: list[Envelope[Any]] = field(default_factory=list)
    news: list[Envelope[Any]] = field(default_factory=list)
    dead: set[UUID] = field(default_factory=set)


def story(count: int) -> Told:
    """Customers, some with dead addresses, shops, and so many events that are told by one mail each."""
    told, drawn = Told(), random.Random(3)
    customers, shops = [], []
    for number in range(CUSTOMERS):
        key = new_id()
        mark = DEAD if number % 20 == 7 else ""
        told.people.append(envelope(created(key, f"Person {number}", email=f"{mark}p{number}@shop.example")))
        told.dead |= {key} if mark else set()
        customers.append(key)
    for number in range(VENDORS):
        owner = new_id()
        told.people.append(envelope(created(owner, f"Owner {number}", "de", email=f"o{number}@shop.example")))
        opened = envelope(approved(owner, f"Shop {number}"))
        told.news.append(opened)
        shops.append(opened.event.vendor_id)
    while len(told.news) < count:
        who = drawn.choice(customers)
        told.news.append(envelope(confirmed(who) if drawn.random() < 0.5 else part(drawn.choice(shops), who)))
    return told


class Postmen:
    """Notifications' processes over one database and one mail server."""

    def __init__(self, database: TestDatabase, folder: Path, **environment: str) -> None:
        self.room, self._folder = Room("notifications", database), folder
        self._environment = environment
        self.processes: dict[str, ServiceProcess] = {}

    def process(self, name: str) -> ServiceProcess:
        """`consumer`, or `dispatcher.1` and so on."""
        if name not in self.processes:
            variables = self.room.environment(**self._environment)
            self.processes[name] = ServiceProcess(
                "notifications", name.partition(".")[0], variables, self._folder / f"{name}.log"
            )
        return self.processes[name]

    def start(self, name: str, **environment: str) -> None:
        """Start a process; `environment` holds for this start alone."""
        self.process(name).start(**environment)

    def states(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        with self.room.db.transaction() as session:
            return {row.state: row.number for row in session.execute(STATES)}

    def deliveries(self) -> dict[UUID, Any]:
        """Every delivery."""
        with self.room.db.transaction() as session:
            return {row.id: row for row in session.execute(DELIVERIES)}

    def handled(self) -> int:
        """How many events were handled."""
        with self.room.db.transaction() as session:
            return int(session.scalar(HANDLED) or 0)

    def close(self) -> None:
        """End everything."""
        for process in self.processes.values():
            if process.running:
                process.kill()
        self.room.db.dispose()


def publish(broker: Broker, envelopes: Sequence[Envelope[Any]]) -> None:
    """Publish events as their publishers' relays do."""
    for name, some in _by_publisher(envelopes):
        publisher = Publisher(broker, name)
        publisher.publish([Message(str(one.id), one.type, encode(one).encode()) for one in some], 60)
        publisher.close()


def _by_publisher(envelopes: Sequence[Envelope[Any]]) -> Iterator[tuple[str, list[Envelope[Any]]]]:
    for name in {one.event.publisher for one in envelopes}:
        yield name, [one for one in envelopes if one.event.publisher == name]
