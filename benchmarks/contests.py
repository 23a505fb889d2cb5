"""The three contests of throughput: publishing, applying, and the whole way; each entrant starts on fresh ground."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from benchmarks import contestants, limits, people
from benchmarks.stage import Stage
from benchmarks.timing import Commits, Table, commits, wait_for

PUBLISHED = "published_at IS NOT NULL"


class Run(NamedTuple):
    """One run of one entrant: events a second, and the CPU time of all processes, servers included, in µs an event."""

    rate: float
    cpu: float | None = None


OURS, PEER, LIMIT = "ours", "peer", "limit"


class Entrant(NamedTuple):
    """Whose it is, and what works off so many events."""

    whose: str
    run: Callable[[int], Run]


@dataclass(frozen=True)
class Contests:
    """What each entrant does on a stage."""

    stage: Stage

    def relay(self) -> dict[str, Entrant]:
        """From the outbox into the queue."""
        return {
            "relay": Entrant(OURS, partial(self._publish, contestants.ours("identity", "relay"))),
            "kombu, one confirm a row": Entrant(PEER, partial(self._publish, contestants.peers("kombu_relay"))),
            "limit: frames made beforehand": Entrant(LIMIT, self._send_frames),
        }

    def consumer(self) -> dict[str, Entrant]:
        """From the queue into the tables."""
        return {
            "consumer": Entrant(OURS, partial(self._apply, contestants.ours("vendor", "consumer"))),
            "nameko": Entrant(PEER, partial(self._apply, contestants.peers("nameko_consumer"))),
            "pika": Entrant(PEER, partial(self._apply, contestants.peers("pika_consumer"))),
            "FastStream, asyncpg": Entrant(PEER, partial(self._apply, contestants.peers("faststream_consumer"))),
            "Celery": Entrant(PEER, partial(self._apply, contestants.peers("celery_consumer"), tasks=True)),
            "limit: SQL alone": Entrant(LIMIT, self._insert),
        }

    def chain(self) -> dict[str, Entrant]:
        """From the outbox through the broker into the tables."""
        processes = contestants.ours("identity", "relay"), contestants.ours("vendor", "consumer")
        naive = contestants.peers("orm_relay"), contestants.peers("orm_consumer")
        return {
            "relay, broker, consumer": Entrant(OURS, partial(self._carry, *processes)),
            "naive ORM chain": Entrant(PEER, partial(self._carry, *naive)),
        }

    def _send_frames(self, count: int) -> Run:
        return Run(limits.publish_frames(self.stage.broker(), count))

    def _publish(self, command: list[str], count: int) -> Run:
        broker = self.stage.broker()
        people.bind(broker)
        with self.stage.database("identity") as store:
            people.fill_outbox(store, people.registrations(["a-token"], count))
            environment = {**store.environment(broker), **contestants.told(store, broker)}
            with self.stage.running(command, environment) as child:
                cpu = wait_for(Table(store, "outbox", PUBLISHED), count, [child], [child.pid, *self.stage.servers])
            return Run(commits(Table(store, "outbox")).rate, cpu)

    def _apply(self, command: list[str], count: int, *, tasks: bool = False) -> Run:
        broker = self.stage.broker()
        with self.stage.database("vendor") as store:
            events = people.registrations(people.invite(store), count)
            environment = {**store.environment(broker), **contestants.told(store, broker)}
            if tasks:
                contestants.send_tasks(command, environment, events)
            else:
                people.fill_queue(broker, events)
            store.vacuum()
            table = Table(store, "vendor_customer")
            with self.stage.running(command, environment) as child:
                cpu = wait_for(table, count, [child], [child.pid, *self.stage.servers])
            return Run(commits(table).rate, cpu)

    def _insert(self, count: int) -> Run:
        with self.stage.database("vendor") as store:
            limits.insert(store, people.registrations(people.invite(store), count))
            return Run(commits(Table(store, "vendor_customer")).rate)

    def _carry(self, relay: list[str], consumer: list[str], count: int) -> Run:
        broker = self.stage.broker()
        people.bind(broker)
        with ExitStack() as stack:
            identity = stack.enter_context(self.stage.database("identity"))
            vendor = stack.enter_context(self.stage.database("vendor"))
            people.fill_outbox(identity, people.registrations(people.invite(vendor), count))
            children = [
                stack.enter_context(
                    self.stage.running(command, {**store.environment(broker), **contestants.told(store, broker)})
                )
                for command, store in ((consumer, vendor), (relay, identity))
            ]
            pids = [child.pid for child in children]
            cpu = wait_for(Table(vendor, "vendor_customer"), count, children, [*pids, *self.stage.servers])
            begun, ended = commits(Table(identity, "outbox")), commits(Table(vendor, "vendor_customer"))
            return Run(_whole(begun, ended).rate, cpu)


def _whole(begun: Commits, ended: Commits) -> Commits:
    """From the first mark of the relay to the last mapping."""
    return Commits(begun.first, ended.last, ended.rows, 0)
