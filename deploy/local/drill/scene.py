"""Where the drill plays: a running system, its databases, and the hands that break things in it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from kombu import Connection, Exchange, Queue
from kombu import binding as bound

from deploy.local import checkout, databases
from deploy.local.api import Person
from deploy.local.inspecting.asking import running
from deploy.local.plan import Plan
from deploy.local.seeds import PASSWORD, make_vendor
from shared.inspection.client import Services
from shared.inspection.explain import explain
from shared.inspection.hops import Explanation

PATIENCE = 25.0
LISTENERS = ("vendor", "notifications")
"""Whose queues take registrations."""

_CHECKSUM = """
    SELECT md5(string_agg(line, E'\\n' ORDER BY line)), count(*) FROM (
        SELECT 'vendor_customer ' || m::text AS line FROM vendor_customer m
        UNION ALL SELECT 'invite_outcome ' || concat_ws(' ', event_id, customer_id, token, vendor_id, invite_token_id,
                         vendor_customer_id, source, outcome, occurred_at) FROM invite_outcome
    ) AS rows
"""
_NEVER_ARRIVED = (
    "DELETE FROM vendor_customer WHERE customer_id = %(customer)s",
    "DELETE FROM outbox WHERE envelope ->> 'causationid' = %(event)s::text",
    "DELETE FROM invite_outcome WHERE event_id = %(event)s",
    "DELETE FROM inbox WHERE event_id = %(event)s",
)
_SEND_AGAIN = """
    UPDATE outbox SET published_at = NULL, log_position = NULL, unroutable = false WHERE event_id = %(event)s
"""


@dataclass
class Scene:
    """A running system as the drill sees it."""

    state: dict[str, Any]
    run: str = field(default_factory=lambda: uuid4().hex[:6])

    def __post_init__(self) -> None:
        self.plan = Plan(
            self.state["postgres_url"], self.state["broker_url"], self.state["address"], ports=dict(self.state["ports"])
        )
        self.services: Services = running()
        self.owner: Person | None = None

    def vendor(self, name: str) -> dict[str, Any]:
        """A vendor of this run."""
        return make_vendor(self.state["address"], self.plan, f"drill-{self.run}-{name.lower()}@market.example",
                           f"{name} {self.run}")  # fmt: skip

    @contextmanager
    def signed_in(self, vendor: dict[str, Any]) -> Iterator[Person]:
        """The vendor at their desk."""
        with Person(self.state["address"]) as person:
            person.sign_in(vendor["email"], PASSWORD)
            yield person

    def register(self, name: str, token: str) -> str:
        """Somebody registers through a link; their id."""
        email = f"drill-{self.run}-{name.lower().replace(' ', '-')}@market.example"
        with Person(self.state["address"]) as person:
            return str(person.register(email, PASSWORD, name, token)["id"])

    def explain(self, customer: str) -> Explanation:
        """What `market mappings explain` says."""
        return explain(self.services, customer=customer)

    def await_outcome(self, customer: str, outcome: str | None = None) -> Explanation:
        """Wait until the registration is decided and its event finished; what explain then says."""
        return self.await_told(customer, lambda found: found.outcome is not None and outcome in (None, found.outcome))

    def await_told(self, customer: str, enough: Callable[[Explanation], bool]) -> Explanation:
        """Ask until it is enough, or the patience is over; the last answer either way."""
        deadline = time.monotonic() + PATIENCE
        while not enough(found := self.explain(customer)) and time.monotonic() < deadline:
            time.sleep(0.15)
        return found

    def sql(self, service: str, *statements: str, **values: Any) -> list[tuple[Any, ...]]:
        """Run statements in one transaction as the tables' owner; the rows of the last."""
        return databases.run(databases.url(self.plan.postgres_url, service, "owner"), statements, values)

    def checksum(self) -> tuple[str, int]:
        """Of all mappings and outcomes, without the moments that only a clock decides; and how many rows that is."""
        ((digest, count),) = self.sql("vendor", _CHECKSUM)
        return str(digest), int(count)

    def announcements(self) -> tuple[int, int]:
        """How many links there are, and how many of them were announced exactly once."""
        query = """
            SELECT count(*), count(*) FILTER (WHERE said = 1) FROM (
                SELECT (SELECT count(*) FROM outbox o WHERE o.type = 'vendor_customer.linked'
                        AND o.envelope ->> 'causationid' = i.event_id::text) AS said
                FROM invite_outcome i WHERE i.outcome = 'linked' AND i.source = 'registration') AS links
        """
        ((links, once),) = self.sql("vendor", query)
        return int(links), int(once)

    def event_of(self, customer: str) -> str:
        """The registration's event."""
        query = "SELECT event_id::text FROM outbox WHERE aggregate_id = %(who)s AND type = 'customer.created'"
        return str(self.sql("identity", query, who=customer)[0][0])

    def undo_arrival(self, customer: str) -> str:
        """Make vendor as if the registration had never reached it; the event's id."""
        event = self.event_of(customer)
        self.sql("vendor", *_NEVER_ARRIVED, customer=customer, event=event)
        return event

    def send_again(self, customer: str) -> None:
        """Let identity's relay publish the registration once more."""
        self.sql("identity", _SEND_AGAIN, event=self.event_of(customer))

    def await_published(self, customer: str) -> None:
        """Wait for the broker's word."""
        query = "SELECT 1 FROM outbox WHERE event_id = %(event)s AND published_at IS NOT NULL"
        event, deadline = self.event_of(customer), time.monotonic() + PATIENCE
        while not self.sql("identity", query, event=event) and time.monotonic() < deadline:
            time.sleep(0.05)

    @contextmanager
    def consumer_stopped(self) -> Iterator[None]:
        """Vendor's consumer stands still, as a hanging or stopped process does."""
        pid = self._pid("vendor-consumer")
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def unbound(self) -> Iterator[None]:
        """No queue is bound to identity's exchange for registrations."""
        exchange, key = Exchange("identity", type="topic", durable=True), "customer.created"
        with Connection(self.state["broker_url"]) as connection:
            queues = [Queue(name, channel=connection.default_channel) for name in LISTENERS]
            for queue in queues:
                queue.unbind_from(exchange, routing_key=key)
            try:
                yield
            finally:
                for queue in queues:
                    bound(exchange, routing_key=key).bind(queue)

    def _pid(self, name: str) -> int:
        state = checkout.read_state() or self.state
        return int(next(program["pid"] for program in state["programs"] if program["name"] == name))
