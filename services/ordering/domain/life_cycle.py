"""The life of a vendor's part: its steps as a table, who may take them, and what they make of the whole order."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from shared.kit.errors import Refusal


class Status(StrEnum):
    """How a part fares."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


GONE = frozenset({Status.SHIPPED, Status.DELIVERED})
OFF = frozenset({Status.CANCELLED, Status.REJECTED})
NEXT: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.ACCEPTED, Status.REJECTED, Status.CANCELLED}),
    Status.ACCEPTED: frozenset({Status.PACKED, Status.CANCELLED}),
    Status.PACKED: frozenset({Status.SHIPPED, Status.CANCELLED}),
    Status.SHIPPED: frozenset({Status.DELIVERED}),
    Status.DELIVERED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.REJECTED: frozenset(),
}
BY_THE_CUSTOMER = frozenset({Status.PENDING, Status.ACCEPTED})
"""What a customer may still cancel: once it is packed, it is the vendor's to stop."""


class Whole(StrEnum):
    """How an order fares as its customer sees it."""

    PENDING = "pending"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    CONFIRMED = "confirmed"
    PROCESSING = "processing"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


class WrongStatus(Refusal):
    """This step cannot be taken from where it is."""


def step(at: Status, to: Status) -> None:
    """Raise `WrongStatus`, with both ends of the step, unless it is one of the table."""
    if to not in NEXT[at]:
        raise WrongStatus(f"What is {at} cannot become {to}.", facts={"from": at, "to": to})


def whole(order: str, parts: Iterable[str]) -> Whole:
    """Derive how an order fares: from its own status until it is confirmed, from its parts afterwards.

    Parts that are off count no more, unless all are.
    """
    if order != Whole.CONFIRMED:
        return Whole(order)
    live = {Status(part) for part in parts} - OFF
    if not live:
        return Whole.CANCELLED
    if live == {Status.DELIVERED}:
        return Whole.DELIVERED
    if live <= GONE:
        return Whole.SHIPPED
    if live & GONE:
        return Whole.PARTLY_SHIPPED
    return Whole.CONFIRMED if live == {Status.PENDING} else Whole.PROCESSING
