"""One order's story: ordering is asked what it is, then each event between ordering and catalog is followed.

    placed → stock asked for → catalog told → answered → ordering told → decided → its parts → the stock sold or freed

The first hop that is not as it should be is the answer; a service that is down is named and the rest is still told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.inspection import legs, order_verdicts
from shared.inspection.asking import Asked
from shared.inspection.client import CannotAsk, NotThere, Services
from shared.inspection.hops import Hop, moment, timed
from shared.inspection.legs import Fact, Leg
from shared.kit.money import written

ORDERS, STOCK = "ordering", "catalog"
ASKED, CONFIRMED, GIVEN_BACK = "stock.reserve_requested", "order.confirmed", "stock.release_requested"
ANSWERS = ("stock.reserved", "stock.rejected")
ENDED = {"confirmed": CONFIRMED, "cancelled": GIVEN_BACK}
"""What catalog is told of an order that was decided so."""


@dataclass(frozen=True, kw_only=True)
class OrderStory:
    """Why an order is in its state: the hops over all services, one sentence, and the command that mends it if one
    does. `hangs` says that something on its way is not as it should be."""

    order_id: str
    number: str | None
    status: str | None
    state: str | None
    hangs: bool
    hops: list[Hop]
    sentence: str
    remedy: str | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def explain_order(services: Services, order: str) -> OrderStory:
    """Explain an order by its id or its number. Raises `NotThere`; with ordering down an id is enough to go on with,
    and for a number `CannotAsk` is raised."""
    asked = Asked(services)
    facts = asked.get(ORDERS, "/internal/orders/way", order=order)
    if facts is None and (asked.could_not(ORDERS) is None or not _is_id(order)):
        _refuse(asked, order)
    return _told(asked, str(facts["id"]) if facts else order, facts)


def _refuse(asked: Asked, order: str) -> None:
    if asked.could_not(ORDERS):
        raise CannotAsk(ORDERS, "only it knows orders by their numbers; an id could be followed elsewhere")
    raise NotThere(f"There is no order {order}.")


def _told(asked: Asked, order_id: str, facts: Fact | None) -> OrderStory:
    name = str(facts["number"]) if facts else order_id
    ways = _ways(asked, order_id, name, facts)
    told = timed([*_placed(asked, facts), *(hop for way in ways for hop in way)])
    sentence, remedy = order_verdicts.conclude(asked, name, facts, told)
    known = facts or {}
    return OrderStory(
        order_id=order_id,
        number=known.get("number"),
        status=known.get("status"),
        state=known.get("state"),
        hangs=any(hop.ok is False for hop in told),
        hops=told,
        sentence=sentence,
        remedy=remedy,
    )


def _ways(asked: Asked, order_id: str, name: str, facts: Fact | None) -> list[list[Hop]]:
    """The hops in the order in which one thing leads to another."""
    request = _leg(asked, ORDERS, STOCK, ASKED, order_id, name)
    answer = _answer(asked, order_id, name)
    after = ENDED.get((facts or {}).get("state") or "")
    last = _leg(asked, ORDERS, STOCK, after, order_id, name) if after else None
    return [
        request.hops(),
        _answered(request, answer, facts),
        [*_decided(facts), *_parts(facts)],
        last.hops() if last else [],
    ]


def _leg(asked: Asked, publisher: str, consumer: str, kind: str, order_id: str, name: str) -> Leg:
    written = legs.written(asked, publisher, kind, order_id)
    return Leg(asked, publisher, consumer, kind, name, written, legs.arrived(asked, consumer, kind, order_id, written))


def _answer(asked: Asked, order_id: str, name: str) -> Leg:
    """Catalog's answer, whichever it was, as far as anybody tells."""
    found = [_leg(asked, STOCK, ORDERS, kind, order_id, name) for kind in ANSWERS]
    return next((leg for leg in found if leg.event_id), found[0])


def _answered(request: Leg, answer: Leg, facts: Fact | None) -> list[Hop]:
    """Nothing is to be expected before catalog has handled what it was asked, or once the order was called off."""
    handled = bool(request.arrived and request.arrived["state"] == "handled")
    if answer.event_id or answer.asked.could_not(STOCK) or (handled and (facts or {}).get("state") != "cancelled"):
        return answer.hops()
    return [Hop("outbox", None, "no answer to expect yet", service=STOCK)] if facts and facts["deadline"] else []


def _placed(asked: Asked, facts: Fact | None) -> list[Hop]:
    if facts is None:
        return [Hop("placed", None, asked.could_not(ORDERS) or "not known", service=ORDERS)]
    total = facts["total"]
    amount = written(total["amount"], total["currency"])
    detail = f"{facts['items']} products for {amount} {total['currency']}"
    return [Hop("placed", True, detail, moment(facts["placed_at"]), id=facts["id"], service=ORDERS)]


def _decided(facts: Fact | None) -> list[Hop]:
    if facts is None:
        return [Hop("decided", None, "ordering could not be asked", service=ORDERS)]
    if facts["deadline"] is None:
        return [Hop(facts["state"], True, facts["why"], moment(facts["noted_at"]), service=ORDERS)]
    until = moment(facts["deadline"])
    late = until is not None and until + order_verdicts.PATIENCE < datetime.now(UTC)
    return [Hop("decided", False if late else None, f"not yet; to be at {until:%H:%M:%S} UTC", service=ORDERS)]


def _parts(facts: Fact | None) -> list[Hop]:
    """Each part as it was made, and every step that it took since; those of all parts in the order of time."""
    parts: list[Fact] = (facts or {}).get("vendor_orders", [])
    made = [Hop("part", True, _made(part), moment(part["created_at"]), service=ORDERS) for part in parts]
    steps = [(part, step) for part in parts for step in part["steps"]]
    taken = [Hop(step["status"], True, _step(part, step), moment(step["at"]), service=ORDERS) for part, step in steps]
    return [*made, *sorted(taken, key=lambda hop: hop.at or datetime.min.replace(tzinfo=UTC))]


def _made(part: Fact) -> str:
    return f"{part['number']} for {part['vendor_name'] or 'a vendor without a name'}"


def _step(part: Fact, step: Fact) -> str:
    by = f"{part['number']}, by {step['by']}"
    return f"{by}: {step['reason']}" if step["reason"] else by


def _is_id(order: Any) -> bool:
    try:
        return bool(UUID(order))
    except ValueError:
        return False
