"""The hops of an event on its way: written, published, delivered, handled; and why one of them did not happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.inspection.hops import Hop, moment

if TYPE_CHECKING:
    from shared.inspection.case import Case

PUBLISHER, CONSUMER, TYPE = "identity", "vendor", "customer.created"


def add_hops(case: Case) -> dict[str, Any] | None:
    """Follow the registration's event from identity's outbox to vendor's inbox; return what both know of it."""
    written = _written(case)
    event_id = (written or {}).get("event_id") or _event_of(case)
    arrived = case.asked.get(CONSUMER, f"/internal/inbox/{event_id}") if event_id else None
    case.hops.append(_outbox(case, written))
    case.hops.append(_published(case, written, arrived))
    case.hops.append(_delivered(case, written, arrived))
    case.hops.append(_handled(case, arrived))
    return {**(written or {}), **(arrived or {}), "written": written, "arrived": arrived, "event_id": event_id}


def _written(case: Case) -> dict[str, Any] | None:
    found = case.asked.get(PUBLISHER, "/internal/outbox", aggregate=case.customer_id, type=TYPE, limit=1)
    return found["items"][0] if found and found["items"] else None


def _event_of(case: Case) -> str | None:
    """The event's id by what vendor knows, while identity does not answer."""
    found = case.asked.get(CONSUMER, "/internal/inbox", aggregate=case.customer_id, type=TYPE, limit=1)
    return found["items"][0]["event_id"] if found and found["items"] else None


def _outbox(case: Case, written: dict[str, Any] | None) -> Hop:
    if silent := case.asked.could_not(PUBLISHER):
        return Hop("outbox", None, silent)
    if written is None:
        return Hop("outbox", False, f"{PUBLISHER} has no {TYPE} of this customer")
    detail = f"{TYPE}, version {written['aggregate_version']}"
    return Hop("outbox", True, detail, moment(written["recorded_at"]), id=written["event_id"])


def _published(case: Case, written: dict[str, Any] | None, arrived: dict[str, Any] | None) -> Hop:
    if case.asked.could_not(PUBLISHER):
        return Hop("published", None, f"{PUBLISHER} could not be asked")
    if written is None:
        return Hop("published", None, "there is nothing to publish")
    at = moment(written["published_at"])
    if written["state"] == "unpublished":
        return Hop("published", False, f"not confirmed by the broker; {_working(case, PUBLISHER, 'relay')}")
    if written["state"] == "unroutable" and arrived:
        return Hop("published", True, "no queue was bound for it; handed over since", at)
    if written["state"] == "unroutable":
        return Hop("published", False, "the broker had no queue bound for it: nobody was told", at)
    return Hop("published", True, f"confirmed, position {written['log_position']} of the log", at)


def _delivered(case: Case, written: dict[str, Any] | None, arrived: dict[str, Any] | None) -> Hop:
    if silent := case.asked.could_not(CONSUMER):
        return Hop("delivered", None, silent)
    if arrived:
        return Hop("delivered", True, f"in {CONSUMER}'s inbox", moment(arrived["received_at"]), id=arrived["event_id"])
    if written is None or written["state"] == "unpublished":
        return Hop("delivered", None, "not published yet, as far as can be told")
    return Hop("delivered", False, f"never reached {CONSUMER}'s inbox; {_working(case, CONSUMER, 'consumer')}")


def _handled(case: Case, arrived: dict[str, Any] | None) -> Hop:
    if arrived is None:
        return Hop("handled", None, "it has not arrived" if not case.asked.could_not(CONSUMER) else "not asked")
    state, tries = arrived["state"], arrived["attempts"]
    if state == "handled":
        after = f" at attempt {tries}" if tries > 1 else ""
        return Hop("handled", True, f"by {CONSUMER}'s consumer{after}", moment(arrived["handled_at"]))
    if state == "waiting":
        return Hop("handled", False, "waiting behind an earlier event of this customer that fails")
    if state == "retry" and not arrived.get("error"):
        return Hop("handled", False, f"due now; {_working(case, CONSUMER, 'consumer')}")
    times = "once" if tries == 1 else f"{tries} times"
    return Hop("handled", False, f"{_TOLD.get(state, state).format(times=times)}: {last_line(arrived['error'])}")


_TOLD = {
    "retry": "failed {times} and is tried again",
    "parked": "failed {times} and is parked",
    "dismissed": "failed {times} and was dismissed",
}


def last_line(error: str | None) -> str:
    """What a traceback says in the end: the first line after its last place."""
    lines = (error or "").splitlines()
    places = [number for number, line in enumerate(lines) if line.startswith('  File "')]
    told = [line for line in lines[places[-1] if places else 0 :] if line and not line.startswith(" ")]
    return (told[0] if told else "no error is on record")[:300].rstrip(".")


def is_working(case: Case, service: str, process: str) -> bool | None:
    """Whether a process of a service works; None if nobody can say."""
    about = case.asked.get(service, "/internal/about")
    return bool(about["processes"][process]["working"]) if about else None


def _working(case: Case, service: str, process: str) -> str:
    about = case.asked.get(service, "/internal/about")
    if not about:
        return f"{service} could not be asked about its {process}"
    seen = about["processes"][process]
    if seen["working"]:
        return f"{service}'s {process} is at work"
    last = f", last seen at {str(seen['last_at'])[:19].replace('T', ' ')}" if seen["last_at"] else ""
    return f"{service}'s {process} is not at work{last}"
