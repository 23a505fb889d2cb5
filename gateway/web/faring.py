"""How orders and their parts fare, in words: for who waits, who packs and who watches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gateway.web.client import Refused
from gateway.web.languages import gettext
from gateway.web.languages import lazy_gettext as _
from gateway.web.words import Verdict

ORDERS = {
    "pending": Verdict(_("Being checked"), "warn"),
    "rejected": Verdict(_("Could not be taken"), "bad"),
    "cancelled": Verdict(_("Cancelled"), ""),
    "confirmed": Verdict(_("Confirmed"), "good"),
    "processing": Verdict(_("Being prepared"), "good"),
    "partly_shipped": Verdict(_("Partly on its way"), "good"),
    "shipped": Verdict(_("On its way"), "good"),
    "delivered": Verdict(_("Delivered"), "good"),
}
PARTS = {
    "pending": Verdict(_("New"), "warn"),
    "accepted": Verdict(_("Accepted"), "good"),
    "packed": Verdict(_("Packed"), "good"),
    "shipped": Verdict(_("Shipped"), "good"),
    "delivered": Verdict(_("Delivered"), "good"),
    "cancelled": Verdict(_("Cancelled"), ""),
    "rejected": Verdict(_("Declined"), "bad"),
}
SENTENCES = {
    "pending": _("We are asking every shop’s shelf for your things. That takes a moment."),
    "rejected": _("Nothing was taken from the shelves, and nothing is owed."),
    "cancelled": _("No part of it will come. Nothing is owed for it."),
    "confirmed": _("Everything is put aside for you. The shops have been told."),
    "processing": _("The shops are at it."),
    "partly_shipped": _("A part of it is on its way to you."),
    "shipped": _("All of it is on its way to you."),
    "delivered": _("All of it has arrived."),
}
WAY = ("pending", "accepted", "packed", "shipped", "delivered")
OFF = frozenset({"cancelled", "rejected"})
ENDED = frozenset({"delivered", "cancelled", "rejected"})
CANCELLABLE = frozenset({"pending", "accepted"})
"""What a customer may still cancel: once it is packed, it is the vendor's to stop."""
BY = {
    "vendor": _("by the shop"),
    "customer": _("by the customer"),
    "system": _("by the market"),
    "admin": _("by an admin"),
}


def fares(status: str) -> Verdict:
    """How a whole order fares."""
    return ORDERS.get(status) or Verdict(status.replace("_", " ").capitalize(), "")


def part_fares(status: str) -> Verdict:
    """How a vendor's part fares."""
    return PARTS.get(status) or Verdict(status.replace("_", " ").capitalize(), "")


def fares_so(status: str) -> str:
    """A sentence about a whole order, for its customer."""
    return SENTENCES.get(status, "")


def done(part: Mapping[str, Any]) -> int:
    """How many steps of its way a part has taken; of one that is off, those before it ended."""
    taken = [WAY.index(step["status"]) + 1 for step in part["steps"] if step["status"] in WAY]
    if part["status"] in WAY:
        taken.append(WAY.index(part["status"]) + 1)
    return max(taken, default=1)


def happened(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All that happened to a part, from the moment at which it was made."""
    steps: list[Mapping[str, Any]] = part["steps"]
    if steps and steps[0]["status"] == "pending":
        return steps
    return [{"status": "pending", "at": part["created_at"], "by": "system", "reason": None}, *steps]


def called_off(order: Mapping[str, Any]) -> dict[str, dict[str, Any]] | None:
    """What will not come of an order that comes in part, and what is left of its total; nothing if all of it comes."""
    gone = [part["total"]["amount"] for part in order["vendor_orders"] if off(part["status"])]
    if not gone or len(gone) == len(order["vendor_orders"]):
        return None
    total = order["total"]
    return {"gone": {**total, "amount": sum(gone)}, "left": {**total, "amount": total["amount"] - sum(gone)}}


def by_whom(role: str) -> str:
    """Who took a step."""
    return BY.get(role, "")


def off(status: str) -> bool:
    """Say whether a part will not come."""
    return status in OFF


def cancellable(part: Mapping[str, Any]) -> bool:
    """Say whether its customer may still call a part off."""
    return part["status"] in CANCELLABLE


def stale(refused: Refused) -> str:
    """What to say when a step could not be taken from where a part is by now."""
    now, wanted = refused.facts.get("from"), refused.facts.get("to")
    if not now or not wanted:
        return refused.detail
    return gettext(
        "Nothing was changed: by now this part is “%(now)s”, and it cannot become “%(wanted)s”.",
        now=part_fares(str(now)).name,
        wanted=part_fares(str(wanted)).name,
    )


FILTERS: dict[str, Callable[..., Any]] = {
    said.__name__: said for said in (fares, part_fares, fares_so, done, happened, called_off, by_whom, off)
}
"""What templates can say."""
TESTS: dict[str, Callable[..., bool]] = {"cancellable": cancellable}
"""What templates can ask."""
