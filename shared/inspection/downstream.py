"""What becomes of a mapping after it is made: vendor announces it, and whoever listens has been told.

A service is asked as soon as it exists and says that it listens; nothing here has to change for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.inspection.hops import Hop, moment

if TYPE_CHECKING:
    from shared.inspection.case import Case

OWNER, TYPE = "vendor", "vendor_customer.linked"
LISTENERS = ("catalog", "ordering", "notifications")


def hops(case: Case, decided: dict[str, Any] | None) -> list[Hop]:
    """The announcement, and a hop for each service that listens to it."""
    if not decided or decided["outcome"] != "linked":
        return []
    event = _announcement(case, decided)
    announced = _announced(case, event)
    listeners = [name for name in LISTENERS if name in case.asked.services.names]
    return [announced, *(hop for name in listeners if (hop := _known_to(case, name, event)))]


def _announcement(case: Case, decided: dict[str, Any]) -> dict[str, Any] | None:
    found = case.asked.get(OWNER, "/internal/outbox", aggregate=decided["vendor_customer_id"], type=TYPE, limit=20)
    events = found["items"] if found else []
    return next((each for each in events if each["causation_id"] == decided["event_id"]), events[0] if events else None)


def _announced(case: Case, event: dict[str, Any] | None) -> Hop:
    if case.asked.could_not(OWNER):
        return Hop("announced", None, "vendor could not be asked")
    if event is None:
        return Hop("announced", False, f"vendor's log has no {TYPE} of it")
    if event["state"] == "unpublished":
        return Hop("announced", None, "written, not confirmed by the broker yet", id=event["event_id"])
    heard = "nobody listens yet" if event["state"] == "unroutable" else "confirmed by the broker"
    return Hop("announced", True, f"{TYPE}, {heard}", moment(event["published_at"]), id=event["event_id"])


def _known_to(case: Case, name: str, event: dict[str, Any] | None) -> Hop | None:
    """The hop of one listener; none if it does not listen to this event."""
    about = case.asked.get(name, "/internal/about")
    if about is None:
        return Hop(name, None, case.asked.could_not(name) or "it does not tell")
    if TYPE not in about["consumes"]:
        return None
    if event is None:
        return Hop(name, None, "there is nothing to know of")
    row = case.asked.get(name, f"/internal/inbox/{event['event_id']}")
    if row is None:
        return Hop(name, False, f"{TYPE} has not reached its inbox")
    known = row["state"] == "handled"
    return Hop(name, known, f"{TYPE}: {row['state']}", moment(row["handled_at"]), id=event["event_id"])
