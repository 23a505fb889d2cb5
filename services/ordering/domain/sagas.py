"""The way of an order from being placed to standing: which reply leads where, as one table.

    reserving ──stock.reserved──▶ paying ──▶ confirmed        the split is written
        │  └────stock.rejected─────────────▶ rejected
        └───────the customer, or time──────▶ cancelled        stock is asked back

Payment has its place after the stock is reserved. There is none yet: `paying` is passed at once, in the transaction
that confirms, and its deadline will be the reservation's.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where an order is on its way."""

    RESERVING = "reserving"
    PAYING = "paying"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Reply(StrEnum):
    """What catalog says of an order's stock."""

    RESERVED = "stock.reserved"
    REJECTED = "stock.rejected"
    RELEASED = "stock.released"


class Move(StrEnum):
    """What an order does upon a reply."""

    CONFIRM = "confirmed"
    REJECT = "rejected"
    EXPIRE = "expired"
    GIVE_BACK = "given_back"
    NOTE = "noted"


SENTENCES: Mapping[Move, str] = {
    Move.CONFIRM: "All of its stock is reserved and there is nothing to pay here, so it was split and stands.",
    Move.REJECT: "Some of its stock is not there, so none of it was ordered.",
    Move.EXPIRE: "Its stock was kept no longer when the reply was read, so it was cancelled and the stock given back.",
    Move.GIVE_BACK: "The reservation came after the order had ended, so the stock was given back.",
    Move.NOTE: "This changed nothing: what it says was decided before.",
}


def decide(status: str | None, reply: Reply, now: datetime, deadline: datetime | None) -> Move:
    """What to do upon a reply, in whatever state the order is and however often and late it comes.

    `status` is None for an order that is not known here; `deadline` is when its stock is no longer kept.
    """
    if reply is Reply.RESERVED:
        if status == "pending":
            return Move.CONFIRM if deadline is None or now < deadline else Move.EXPIRE
        return Move.NOTE if status == "confirmed" else Move.GIVE_BACK
    if status != "pending":
        return Move.NOTE
    return Move.REJECT if reply is Reply.REJECTED else Move.EXPIRE
