"""The operations that every service has on its internal port: its own events, looked at and put right."""

from typing import Any
from uuid import UUID

from shared.events.event import known
from shared.kit.auth import services_only
from shared.kit.errors import NotFound
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, transaction
from shared.runtime.inspection import activity, feed, ledger, letters, parked
from shared.runtime.inspection.letters import NoSuchLetter, StillUnreadable
from shared.runtime.inspection.parked import Act
from shared.runtime.inspection.schemas import ActBody, BoxQuery, Facts, FeedQuery, Listing
from shared.runtime.service import Service


class UnknownEvent(NotFound):
    """This service has no such event."""


def blueprints(service: Service) -> list[Blueprint]:
    """Return the operations of a service's internal port that only read, and those that act."""
    return [_events(service), _boxes(service), _parked(service)]


def _events(service: Service) -> Blueprint:
    door = Blueprint("events", __name__, description="The service as a publisher")

    @door.get("/internal/about")
    @services_only
    @answers(Facts)
    def about() -> Answer:
        """Say what this service publishes and listens to, and whether its processes work."""
        with transaction() as session:
            processes = activity.of_processes(session, service.name)
        published = sorted(kind.type for kind in known().values() if kind.publisher == service.name)
        consumed = sorted(kind.type for kind in service.handlers)
        name = {"service": service.name, "version": service.version}
        return {**name, "publishes": published, "consumes": consumed, "processes": processes}

    @door.get("/internal/events")
    @services_only
    @asks(FeedQuery)
    @answers(Listing)
    def read(query: dict[str, Any]) -> Answer:
        """Read the service's log behind a position: envelopes exactly as stored, and the head."""
        types = query.pop("type")
        with transaction() as session:
            return {"source": service.name, **feed.read(session, types=types, **query)}

    return door


def _boxes(service: Service) -> Blueprint:
    door = Blueprint("boxes", __name__, description="What was written and what was told")

    @door.get("/internal/<any(outbox,inbox):box>")
    @services_only
    @asks(BoxQuery)
    @answers(Listing)
    def listed(box: ledger.Box, query: dict[str, Any]) -> Answer:
        """List events of the outbox or the inbox, newest first, or oldest first behind `after`."""
        limit = query.pop("limit")
        with transaction() as session:
            return {"service": service.name, "items": ledger.page(session, box, query, limit)}

    @door.get("/internal/<any(outbox,inbox):box>/<uuid:event_id>")
    @services_only
    @answers(Facts)
    @refuses(UnknownEvent)
    def one(box: ledger.Box, event_id: UUID) -> Answer:
        """Show one event, with the envelope as it is stored."""
        with transaction() as session:
            found = ledger.one(session, box, event_id)
        if found is None:
            raise UnknownEvent(f"{service.name} has no event {event_id} in its {box}.")
        return found

    return door


def _parked(service: Service) -> Blueprint:
    door = Blueprint("parked", __name__, description="What was set aside")

    @door.get("/internal/parked")
    @services_only
    @answers(Listing)
    def grouped() -> Answer:
        """Group the parked events by their error, and list messages that could not be read."""
        with transaction() as session:
            found, unread = parked.groups(session), parked.letters(session, 100)
        return {"service": service.name, "items": found, "letters": unread}

    @door.get("/internal/acts")
    @services_only
    @answers(Listing)
    def acts() -> Answer:
        """List what was done to parked and missing events, by whom and why, newest first."""
        with transaction() as session:
            return {"service": service.name, "items": parked.acts(session, None, 200)}

    @door.post("/internal/parked/<any(redrive,dismiss):act>")
    @services_only
    @accepts(ActBody)
    @answers(Facts)
    @refuses(NoSuchLetter, StillUnreadable)
    def decide(act: str, body: dict[str, Any]) -> Answer:
        """Try parked events again, or give them up; with `preview` only say how many that would be."""
        only_look, chosen = body.pop("preview"), body.pop("letters")
        wanted = Act(act=act, **body)
        with transaction() as session:
            if only_look:
                met = parked.preview(session, wanted) if not chosen else []
                return {"service": service.name, "act": act, "events": len(met) + len(chosen), "done": False}
            if chosen:
                events = letters.settle(session, wanted, chosen, service.handlers)
            else:
                events = len(parked.carry_out(session, wanted))
        return {"service": service.name, "act": act, "events": events, "done": True}

    return door
