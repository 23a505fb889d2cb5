"""Two services whose events move by hand, asked over their internal apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from flask import Flask
from sqlalchemy import text

from services.identity.domain import emails, users
from services.vendor.models import Vendor, VendorInviteToken
from services.vendor.tests import building
from shared.events.ids import new_id
from shared.inspection.client import InternalClient, Services
from shared.kit.database import Database
from shared.messaging.consumer import Consumer
from shared.messaging.inbox import RetryPolicy
from shared.messaging.intake import Delivery
from shared.runtime.service import Service

TOKEN = "the-token-of-the-tests-for-services"


class Breakable(httpx.BaseTransport):
    """The way to a service; `down` cuts it, `before` sees every request first."""

    def __init__(self, app: Flask) -> None:
        self.inner, self.down = httpx.WSGITransport(app), False
        self.before: Callable[[httpx.Request], None] = lambda _request: None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("connection refused", request=request)
        self.before(request)
        return self.inner.handle_request(request)


@dataclass
class Room:
    """One service of the world."""

    service: Service
    database: Database
    way: Breakable
    owner: Database
    environment: dict[str, str]

    def run(self, statement: str, **values: Any) -> Any:
        with self.database.transaction() as session:
            return session.execute(text(statement), values)

    def alter(self, statement: str) -> None:
        """Change a table, as the role that owns it."""
        with self.owner.transaction() as session:
            session.execute(text(statement))

    def scalar(self, statement: str, **values: Any) -> Any:
        with self.database.transaction() as session:
            return session.scalar(text(statement), values)


@dataclass
class World:
    """Identity, vendor, and the hand that moves events from one to the other."""

    identity: Room
    vendor: Room
    _seller: Vendor | None = field(default=None)

    @property
    def services(self) -> Services:
        rooms = {"identity": self.identity, "vendor": self.vendor}
        return Services({name: InternalClient(name, "http://inside", TOKEN, room.way) for name, room in rooms.items()})

    def link(self, **more: Any) -> VendorInviteToken:
        with self.vendor.database.transaction() as session:
            self._seller = building.vendor(session)
            return building.invite(session, self._seller, **more)

    @property
    def seller(self) -> Vendor:
        assert self._seller
        return self._seller

    def register(self, name: str, token: str | None) -> UUID:
        address = emails.parse(f"{name.lower()}-{new_id().hex[-8:]}@x.example")
        wanted = users.Registration(email=address, name=name, password_hash="x", invite_token=token)
        with self.identity.database.transaction() as session:
            return users.register(session, wanted).id

    def publish(self, *, unroutable: bool = False) -> None:
        """What the relay does."""
        self.identity.run(
            """UPDATE outbox SET published_at = clock_timestamp(), log_position = nextval('outbox_log_position'),
               unroutable = :unroutable WHERE published_at IS NULL""",
            unroutable=unroutable,
        )

    def deliver(self, customer: UUID | None = None) -> None:
        """What broker and consumer do."""
        found = self.identity.run(
            "SELECT envelope::text FROM outbox WHERE (CAST(:who AS uuid) IS NULL OR aggregate_id = :who) ORDER BY seq",
            who=customer,
        )
        bodies = [Delivery(0, 0, "identity", "", row[0].encode(), dead=False) for row in found]
        self.consumer().apply(bodies)

    def consumer(self) -> Consumer:
        room = self.vendor
        policy = RetryPolicy(attempts=2, first=0.0)
        intake: Any = None
        return Consumer("vendor", room.database.transaction, room.service.handlers, intake, policy)

    def joined(self, name: str = "Ada", **more: Any) -> UUID:
        """Somebody who registered through a link, all the way."""
        customer = self.register(name, self.link(**more).token)
        self.publish()
        self.deliver(customer)
        return customer

    def event_of(self, customer: UUID) -> UUID:
        found: UUID = self.identity.scalar("SELECT event_id FROM outbox WHERE aggregate_id = :who", who=customer)
        return found


def now() -> datetime:
    return datetime.now(UTC)
