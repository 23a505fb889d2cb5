"""A stand-in of catalog's stock that obeys the events: it reads what ordering says and answers as the words promise."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.ordering.tests.market import envelope, now
from shared.events.catalog import StockRejected, StockReleased, StockReserved
from shared.events.envelope import Envelope, decode
from shared.events.ordering import OrderConfirmed, StockReleaseRequested, StockReserveRequested

_SAID = text("""
    SELECT seq, envelope::text AS envelope FROM outbox WHERE seq > :after
    AND type IN ('stock.reserve_requested', 'stock.release_requested', 'order.confirmed') ORDER BY seq
""")


class Stock:
    """What is on hand, what of it is put aside for whom, and the replies that are on their way."""

    def __init__(self, on_hand: Mapping[UUID, int]) -> None:
        self.begun = Counter(dict(on_hand))
        self.on_hand = Counter(dict(on_hand))
        self.kept: dict[UUID, Counter[UUID]] = {}
        self.sold: dict[UUID, Counter[UUID]] = {}
        self.closed: set[UUID] = set()
        self.seen: set[UUID] = set()
        self.after = 0
        self.asked: deque[Envelope[Any]] = deque()
        self.replies: dict[UUID, deque[Envelope[Any]]] = defaultdict(deque)

    @property
    def reserved(self) -> Counter[UUID]:
        """What is put aside, over all orders."""
        return sum(self.kept.values(), Counter())

    def listen(self, session: Session) -> None:
        """Take what ordering has said since the last time into the queue."""
        for row in session.execute(_SAID, {"after": self.after}):
            self.after = row.seq
            self.asked.append(decode(row.envelope))

    def obey(self, *, twice: bool = False) -> None:
        """Do what was asked first; being told twice changes nothing."""
        if not self.asked:
            return
        asked = self.asked.popleft()
        for _ in range(2 if twice else 1):
            if asked.id not in self.seen:
                self.seen.add(asked.id)
                self._do(asked.event)

    def expire(self, order: UUID) -> None:
        """Give back what is kept for an order that ordering says does not stand."""
        given = self.kept.pop(order, None)
        if given is not None:
            self.closed.add(order)
            self._say(StockReleased(order_id=order, reason="expired", quantities=_told(given), released_at=now()))

    def waiting(self) -> Iterator[UUID]:
        """The orders for which a reply is on its way."""
        return (order for order, queue in self.replies.items() if queue)

    def _do(self, event: Any) -> None:
        if isinstance(event, StockReserveRequested):
            self._reserve(event)
        elif isinstance(event, OrderConfirmed):
            kept = self.kept.pop(event.order_id)
            self.on_hand -= kept
            self.sold[event.order_id] = kept
        elif isinstance(event, StockReleaseRequested):
            self._release(event)

    def _reserve(self, event: StockReserveRequested) -> None:
        wanted = Counter({UUID(product): number for product, number in event.quantities.items()})
        there = self.on_hand - self.reserved
        lacking = {product: there[product] for product, number in wanted.items() if there[product] < number}
        if lacking or event.order_id in self.closed:
            reason = "released" if event.order_id in self.closed else "too_few"
            told = {str(product): number for product, number in lacking.items()}
            self._say(StockRejected(order_id=event.order_id, reason=reason, lacking=told, rejected_at=now()))
        else:
            self.kept[event.order_id] = wanted
            self._say(StockReserved(order_id=event.order_id, reserved_at=now(), expires_at=event.expires_at))

    def _release(self, event: StockReleaseRequested) -> None:
        order, given = event.order_id, Counter({UUID(key): number for key, number in event.quantities.items()})
        if order in self.sold:
            back = (given or self.sold[order]) & self.sold[order]
            self.sold[order] -= back
            self.on_hand += back
        else:
            self.kept.pop(order, None)
            self.closed.add(order)

    def _say(self, event: Any) -> None:
        self.replies[event.order_id].append(envelope(event))


def _told(quantities: Counter[UUID]) -> dict[str, int]:
    return {str(product): number for product, number in quantities.items()}
