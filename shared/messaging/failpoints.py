"""Failpoints: named moments at which a process kills itself, for faults that no test could aim at from outside.

`FAILPOINTS="relay.confirmed:2"` ends the process by SIGKILL when it passes `relay.confirmed` for the second time;
several are parted by commas. Unset, which is always so in production (`shared.runtime` refuses it there), passing one
costs a look into an empty dictionary.
"""

import os
import signal

VARIABLE = "FAILPOINTS"

OUTBOX_WRITTEN = "outbox.written"
"""Events are in the open transaction; it has not been committed."""
OUTBOX_COMMITTED = "outbox.committed"
"""A transaction with events was committed; nobody has been told."""
RELAY_CONFIRMED = "relay.confirmed"
"""The broker has confirmed a batch; it has not been marked."""
CONSUMER_COMMITTED = "consumer.committed"
"""A batch was committed; it has not been acknowledged."""
DELIVERY_WRITTEN = "delivery.written"
"""A mail server has all of a mail but its end; it is not marked as handed over."""
DELIVERY_MARKED = "delivery.marked"
"""A mail is marked as handed over; its end was not sent."""
DELIVERY_TAKEN = "delivery.taken"
"""A mail server has taken a mail; it is not marked as sent."""
ORDER_WRITTEN = "order.written"
"""An order is in the open transaction, and nothing is said of it yet."""
ORDER_SPLIT = "order.split"
"""An order's parts are in the open transaction, and nothing is said of them yet."""
STOCK_MOVED = "stock.moved"
"""Stock was moved in the open transaction, and whoever asked for it has no answer yet."""

NAMES = (
    OUTBOX_WRITTEN,
    OUTBOX_COMMITTED,
    RELAY_CONFIRMED,
    CONSUMER_COMMITTED,
    DELIVERY_WRITTEN,
    DELIVERY_MARKED,
    DELIVERY_TAKEN,
    ORDER_WRITTEN,
    ORDER_SPLIT,
    STOCK_MOVED,
)


class UnknownFailpoint(ValueError):
    """There is no such failpoint, or no number of passes with it."""


def parse(text: str) -> dict[str, int]:
    """Read `name:passes,…`; raises `UnknownFailpoint`."""
    armed = {}
    for part in filter(None, text.split(",")):
        name, _, passes = part.strip().partition(":")
        if name not in NAMES or not passes.isdecimal() or int(passes) < 1:
            raise UnknownFailpoint(f"{VARIABLE}: {part!r} is not name:passes with a name of {', '.join(NAMES)}")
        armed[name] = int(passes)
    return armed


_left = parse(os.environ.get(VARIABLE, ""))


def armed() -> bool:
    """Whether this process may kill itself."""
    return bool(_left)


def passing(name: str) -> None:
    """Pass a failpoint; does not return if it is the pass that was asked for."""
    if name in _left:
        _left[name] -= 1
        if _left[name] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
