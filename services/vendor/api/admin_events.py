"""Every event of every service, what it caused, and what was set aside. For admins and developers."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.vendor.asking import NothingLikeThat, asked
from services.vendor.inspection_schemas import (
    ActView,
    EventPage,
    EventQuery,
    EventView,
    ParkedAct,
    ParkedView,
    TraceView,
)
from shared.inspection import events, stuck
from shared.inspection.trace import trace
from shared.kit.auth import Actor, Role, requires
from shared.kit.errors import Invalid
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer

blueprint = Blueprint("admin_events", __name__, description="Events of all services")


@blueprint.get("/admin/events")
@requires(Role.ADMIN, Role.SERVICE)
@asks(EventQuery)
@answers(EventPage)
def show(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - whoever is let in may ask
    """List events of all services, newest first; a service that is down is named and the rest listed."""
    limit, cursor = query.pop("limit"), query.pop("cursor")
    query["about"] = query.pop("customer") or query.pop("vendor")
    query.pop("vendor", None)
    with asked() as services:
        found = events.listed(services, _as_asked(query), limit=limit, cursor=cursor)
    return EventPage().dump(asdict(found))


@blueprint.get("/admin/events/<uuid:event_id>")
@requires(Role.ADMIN, Role.SERVICE)
@answers(EventView)
@refuses(NothingLikeThat)
def one(event_id: UUID, actor: Actor) -> Answer:  # noqa: ARG001 - whoever is let in may ask
    """Show one event as its publisher's log has it."""
    with asked() as services:
        return EventView().dump(events.found(services, str(event_id)))


@blueprint.get("/admin/events/<uuid:event_id>/trace")
@requires(Role.ADMIN, Role.SERVICE)
@answers(TraceView)
@refuses(NothingLikeThat)
def tree(event_id: UUID, actor: Actor) -> Answer:  # noqa: ARG001 - whoever is let in may ask
    """Show all that the request of an event caused, over all services, as a tree with the time of each step."""
    with asked() as services:
        return asdict(trace(services, str(event_id)))


@blueprint.get("/admin/parked")
@requires(Role.ADMIN, Role.SERVICE)
@answers(ParkedView)
def parked(actor: Actor) -> Answer:  # noqa: ARG001 - whoever is let in may ask
    """List the parked events of each service, grouped by their error."""
    with asked() as services:
        found, silent = stuck.parked(services)
    return {"services": found, "silent": silent}


@blueprint.post("/admin/parked/redrive")
@requires(Role.ADMIN, Role.SERVICE)
@accepts(ParkedAct)
@answers(ActView)
@refuses(NothingLikeThat)
def redrive(body: dict[str, Any], actor: Actor) -> Answer:
    """Try parked events again, one after another; written down with who and why."""
    return _act("redrive", body, actor)


@blueprint.post("/admin/parked/dismiss")
@requires(Role.ADMIN, Role.SERVICE)
@accepts(ParkedAct)
@answers(ActView)
@refuses(NothingLikeThat)
def dismiss(body: dict[str, Any], actor: Actor) -> Answer:
    """Give parked events up; they stay on record, and what waits behind them goes on."""
    return _act("dismiss", body, actor)


def _act(what: str, body: dict[str, Any], actor: Actor) -> Answer:
    service = body.pop("service")
    body["event_ids"] = [str(each) for each in body["event_ids"]]
    if not body["event_ids"] and not body["signature"]:
        raise Invalid(fields={"signature": "Say which group, or which events."})
    with asked() as services:
        if service not in services.names:
            raise NothingLikeThat(f"There is no service called {service}.")
        return stuck.act(services, service, what, {**body, "actor": f"{actor.role} {actor.user_id}"})


def _as_asked(query: dict[str, Any]) -> dict[str, Any]:
    """As services take it: ids and times as text."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else None if value is None else str(value)
        for name, value in query.items()
    }
