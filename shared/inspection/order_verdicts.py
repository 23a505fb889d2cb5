"""What an order's story ends in: one sentence, of its state or of what it hangs on, and the command that mends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shared.inspection import remedies
from shared.inspection.asking import Asked
from shared.inspection.hops import Hop
from shared.inspection.legs import is_working

Verdict = tuple[str, str | None]
ORDERS = "ordering"
PATIENCE = timedelta(seconds=10)
"""How long after its deadline an order may still wait: the scheduler looks every two seconds."""


def conclude(asked: Asked, name: str, facts: dict[str, Any] | None, told: list[Hop]) -> Verdict:
    """Of the first hop that is not as it should be, else ordering's own sentence; who could not be asked is named."""
    said = str(facts["sentence"]) if facts else f"What became of {name} cannot be told."
    silent = "".join(f" ({why}.)" for why in asked.silent.values())
    wrong = next((hop for hop in told if hop.ok is False), None)
    if wrong is None:
        return f"{said}{silent}", remedies.STATUS if silent else None
    why, remedy = _hanging(asked, told, wrong)
    return f"{said} {why}{silent}", remedy


def _hanging(asked: Asked, told: list[Hop], wrong: Hop) -> Verdict:
    event = _event_of(told, wrong)
    service = wrong.service or ORDERS
    if wrong.name == "decided":
        return "That moment has passed: ordering's scheduler did not come to it.", remedies.LOGS.format(
            service="ordering-scheduler"
        )
    if wrong.name == "outbox":
        return f"It hangs: {wrong.detail}.", remedies.LOGS.format(service=service)
    if wrong.name == "published":
        return _not_published(asked, service, event, wrong)
    if wrong.name == "delivered":
        return _not_delivered(asked, service, event)
    return _not_handled(asked, service, event, wrong, _id_of(told, wrong))


def _not_published(asked: Asked, service: str, event: str, hop: Hop) -> Verdict:
    if hop.at:
        return f"It hangs: {event} was published when no queue was bound for it.", remedies.RECONCILE
    if is_working(asked, service, "relay"):
        said = f"It hangs: {event} is written and the broker has not confirmed it yet."
        return said, remedies.LOGS.format(service=f"{service}-relay")
    said = f"It hangs: {event} is written but not published, for {service}'s relay is not at work."
    return said, remedies.START_RELAY.format(service=service)


def _not_delivered(asked: Asked, service: str, event: str) -> Verdict:
    if is_working(asked, service, "consumer") is False:
        said = f"It hangs: {event} waits in the queue, for {service}'s consumer is not at work."
        return said, remedies.START_CONSUMER.format(service=service)
    return f"It hangs: {event} was published and never reached {service}'s inbox.", remedies.RECONCILE


def _not_handled(asked: Asked, service: str, event: str, hop: Hop, event_id: str | None) -> Verdict:
    if "parked" in hop.detail:
        said = f"It hangs: in {service} {event} {hop.detail}."
        return said, remedies.REDRIVE.format(service=service, event_id=event_id)
    if "dismissed" in hop.detail:
        return f"It hangs: {event} was dismissed in {service} by somebody.", remedies.SHOW_PARKED.format(
            service=service
        )
    if not is_working(asked, service, "consumer"):
        said = f"It hangs: {event} has arrived, and {service}'s consumer is not at work."
        return said, remedies.START_CONSUMER.format(service=service)
    said = f"It hangs: in {service} {event} has arrived, and handling it {hop.detail}."
    return said, remedies.SHOW_PARKED.format(service=service)


def _event_of(told: list[Hop], wrong: Hop) -> str:
    """The event of the leg that a hop is on: its outbox hop names it."""
    before = [hop for hop in told[: told.index(wrong) + 1] if hop.name == "outbox"]
    return before[-1].detail.partition(",")[0] if before and before[-1].ok else "an event of it"


def _id_of(told: list[Hop], wrong: Hop) -> str | None:
    before = [hop for hop in told[: told.index(wrong) + 1] if hop.name == "delivered"]
    return before[-1].id if before else None
