"""Ordering and catalog, whose events move by hand: one order may stop anywhere on its way between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.catalog.tests import stocking
from services.ordering.domain.placing import Rules
from services.ordering.tests.market import RULES, Market
from shared.events.ids import new_id
from shared.inspection.client import InternalClient, Services
from shared.messaging.consumer import Consumer
from shared.messaging.inbox import RetryPolicy
from shared.messaging.intake import Delivery
from tests.inspection.world import TOKEN, Room

PUBLISH = """
    UPDATE outbox SET published_at = clock_timestamp(), log_position = nextval('outbox_log_position'),
    unroutable = :unroutable WHERE published_at IS NULL
"""


@dataclass
class Trade:
    """Two rooms, a product that both know, and the hand that moves events between them."""

    rooms: Mapping[str, Room]
    product: UUID | None = None

    @property
    def services(self) -> Services:
        return Services({name: InternalClient(name, "http://inside", TOKEN, it.way) for name, it in self.rooms.items()})

    def open_shop(self, stock: int) -> None:
        """A product of the marketplace's vendor, known to both as their events tell it."""
        with self.rooms["catalog"].database.transaction() as session:
            self.product = stocking.stocked(session, stock).id
        with self.rooms["ordering"].database.transaction() as session:
            market = Market(session)
            key = market.product(market.seller(), 1999)
        self.rooms["ordering"].run("DELETE FROM product WHERE id = :id", id=self.product)
        self.rooms["ordering"].run("UPDATE product SET id = :id WHERE id = :key", id=self.product, key=key)

    def order(self, count: int = 1, rules: Rules = RULES) -> Any:
        """Somebody's order, placed and nothing more."""
        assert self.product
        with self.rooms["ordering"].database.transaction() as session:
            return Market(session).place(new_id(), {self.product: count}, rules)

    def late(self, count: int = 1) -> Any:
        """An order whose time is over already."""
        return self.order(count, Rules(None, timedelta(seconds=-60)))

    def publish(self, name: str, *, unroutable: bool = False) -> None:
        """What the relay does."""
        self.rooms[name].run(PUBLISH, unroutable=unroutable)

    def carry(self, source: str, target: str, about: UUID) -> None:
        """What relay, broker and consumer do with what was said of an order."""
        self.publish(source)
        handled = [kind.type for kind in self.rooms[target].service.handlers]
        found = self.rooms[source].run(
            "SELECT envelope::text FROM outbox WHERE aggregate_id = :about AND type = ANY(:handled) ORDER BY seq",
            about=about,
            handled=handled,
        )
        bodies = [Delivery(0, 0, source, "", row[0].encode(), dead=False) for row in found]
        self.consumer(target).apply(bodies)

    def settle(self, order: UUID) -> None:
        """All of it: catalog is told and answers, ordering decides, catalog sells."""
        for source, target in (("ordering", "catalog"), ("catalog", "ordering"), ("ordering", "catalog")):
            self.carry(source, target, order)

    def consumer(self, name: str) -> Consumer:
        room, intake = self.rooms[name], None
        policy = RetryPolicy(attempts=2, first=0.0)
        return Consumer(name, room.database.transaction, room.service.handlers, intake, policy)  # type: ignore[arg-type]
