"""One leg of an event's way: written by one service, published, delivered to another, handled there; and why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from shared.inspection.asking import Asked
from shared.inspection.hops import Hop, moment

Fact = dict[str, Any]


@dataclass(frozen=True)
class Leg:
    """An event as its publisher has written it and as a consumer has received it, as far as either tells.

    `whose` are the words for what the event is about.
    """

    asked: Asked
    publisher: str
    consumer: str
    type: str
    whose: str
    written: Fact | None
    arrived: Fact | None

    @property
    def event_id(self) -> str | None:
        """The event's id, by whoever knows it."""
        known = self.written or self.arrived
        return str(known["event_id"]) if known else None

    def hops(self) -> list[Hop]:
        """Four hops: outbox, published, delivered, handled; each says at which service it is."""
        ours = [replace(hop, service=self.publisher) for hop in (self._outbox(), self._published())]
        return [*ours, *(replace(hop, service=self.consumer) for hop in (self._delivered(), self._handled()))]

    def _outbox(self) -> Hop:
        if silent := self.asked.could_not(self.publisher):
            return Hop("outbox", None, silent)
        if self.written is None:
            return Hop("outbox", False, f"{self.publisher} has no {self.type} of {self.whose}")
        detail = f"{self.type}, version {self.written['aggregate_version']}"
        return Hop("outbox", True, detail, moment(self.written["recorded_at"]), id=self.written["event_id"])

    def _published(self) -> Hop:
        if self.asked.could_not(self.publisher):
            return Hop("published", None, f"{self.publisher} could not be asked")
        if self.written is None:
            return Hop("published", None, "there is nothing to publish")
        at = moment(self.written["published_at"])
        if self.written["state"] == "unpublished":
            return Hop("published", False, f"not confirmed by the broker; {self._working(self.publisher, 'relay')}")
        if self.written["state"] == "unroutable" and self.arrived:
            return Hop("published", True, "no queue was bound for it; handed over since", at)
        if self.written["state"] == "unroutable":
            return Hop("published", False, "the broker had no queue bound for it: nobody was told", at)
        return Hop("published", True, f"confirmed, position {self.written['log_position']} of the log", at)

    def _delivered(self) -> Hop:
        event = self.arrived
        if silent := self.asked.could_not(self.consumer):
            return Hop("delivered", None, silent)
        if event:
            return Hop(
                "delivered", True, f"in {self.consumer}'s inbox", moment(event["received_at"]), id=event["event_id"]
            )
        if self.written is None or self.written["state"] == "unpublished":
            return Hop("delivered", None, "not published yet, as far as can be told")
        detail = f"never reached {self.consumer}'s inbox"
        return Hop("delivered", False, f"{detail}; {self._working(self.consumer, 'consumer')}")

    def _handled(self) -> Hop:
        if self.arrived is None:
            return Hop(
                "handled", None, "it has not arrived" if not self.asked.could_not(self.consumer) else "not asked"
            )
        state, tries, error = str(self.arrived["state"]), self.arrived["attempts"], self.arrived.get("error")
        if state == "handled":
            by = f"by {self.consumer}'s consumer"
            detail = f"by {self.consumer}'s consumer at attempt {tries}" if tries > 1 else by
            return Hop("handled", True, detail, moment(self.arrived["handled_at"]))
        if state == "waiting":
            return Hop("handled", False, f"waiting behind an earlier event of {self.whose} that fails")
        if state == "retry" and not error:
            return Hop("handled", False, f"due now; {self._working(self.consumer, 'consumer')}")
        times = "once" if tries == 1 else f"{tries} times"
        return Hop("handled", False, _TOLD.get(state, _ELSE).format(times=times, error=last_line(error), state=state))

    def _working(self, service: str, process: str) -> str:
        about = self.asked.get(service, "/internal/about")
        if not about:
            return f"{service} could not be asked about its {process}"
        seen = about["processes"][process]
        if seen["working"]:
            return f"{service}'s {process} is at work"
        if not seen["last_at"]:
            return f"{service}'s {process} is not at work"
        return f"{service}'s {process} is not at work, last seen at {str(seen['last_at'])[:19].replace('T', ' ')}"


def written(asked: Asked, service: str, kind: str, aggregate: str) -> Fact | None:
    """The newest event of a type that a service wrote about something."""
    return _newest(asked.get(service, "/internal/outbox", aggregate=aggregate, type=kind, limit=1))


def arrived(asked: Asked, service: str, kind: str, aggregate: str, event: Fact | None) -> Fact | None:
    """An event in a service's inbox; while its publisher does not answer, the newest of its type about the same."""
    if event:
        return asked.get(service, f"/internal/inbox/{event['event_id']}")  # type: ignore[no-any-return]
    return _newest(asked.get(service, "/internal/inbox", aggregate=aggregate, type=kind, limit=1))


def is_working(asked: Asked, service: str, process: str) -> bool | None:
    """Whether a process of a service works; None if nobody can say."""
    about = asked.get(service, "/internal/about")
    return bool(about["processes"][process]["working"]) if about else None


def last_line(error: str | None) -> str:
    """What a traceback says in the end: the first line after its last place."""
    lines = (error or "").splitlines()
    places = [number for number, line in enumerate(lines) if line.startswith('  File "')]
    told = [line for line in lines[places[-1] if places else 0 :] if line and not line.startswith(" ")]
    return (told[0] if told else "no error is on record")[:300].rstrip(".")


def _newest(found: Fact | None) -> Fact | None:
    return found["items"][0] if found and found["items"] else None


_TOLD = {
    "retry": "failed {times} and is tried again: {error}",
    "parked": "failed {times} and is parked: {error}",
    "dismissed": "failed {times} and was dismissed: {error}",
}
_ELSE = "{state}: {error}"
