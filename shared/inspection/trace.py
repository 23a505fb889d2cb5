"""The X-ray: everything that one request caused, over all services, as a tree, with the time each step took."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.inspection import events
from shared.inspection.client import CannotAsk, Services
from shared.inspection.hops import moment

MOST = 500


@dataclass
class Delivery:
    """An event in one consumer's inbox."""

    service: str
    state: str
    received_at: datetime | None
    handled_at: datetime | None
    attempts: int
    error: str | None = None


@dataclass
class Node:
    """An event, who it was delivered to, and what it caused."""

    id: str
    type: str
    service: str
    aggregate_id: str
    state: str
    recorded_at: datetime | None
    published_at: datetime | None
    deliveries: list[Delivery] = field(default_factory=list)
    caused: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Trace:
    """A tree of events, when it began, how long it took in all, and who could not be asked."""

    correlation_id: str
    roots: list[Node]
    began_at: datetime | None
    seconds: float
    silent: dict[str, str]


def trace(services: Services, event_id: str) -> Trace:
    """Trace the request that an event belongs to. Raises `NotThere` if no service wrote it."""
    return of_correlation(services, str(events.found(services, event_id)["correlation_id"]))


def of_correlation(services: Services, correlation: str) -> Trace:
    """Build the tree of all events with this correlation id."""
    nodes: dict[str, Node] = {}
    causes: dict[str, str | None] = {}
    silent: dict[str, str] = {}
    for client in services:
        try:
            rows = client.get("/internal/outbox", correlation=correlation, limit=MOST)["items"]
        except CannotAsk as mute:
            silent[client.service] = str(mute)
            continue
        for row in rows:
            nodes[row["event_id"]] = _node(row, client.service)
            causes[row["event_id"]] = row["causation_id"]
    _deliver(services, correlation, nodes, silent)
    return _grown(correlation, nodes, causes, silent)


def _deliver(services: Services, correlation: str, nodes: dict[str, Node], silent: dict[str, str]) -> None:
    for client in services:
        if client.service in silent:
            continue
        for row in client.get("/internal/inbox", correlation=correlation, limit=MOST)["items"]:
            node = nodes.setdefault(row["event_id"], _node(row, row["source"]))
            node.deliveries.append(_delivery(row, client.service))


def _grown(correlation: str, nodes: dict[str, Node], causes: dict[str, str | None], silent: dict[str, str]) -> Trace:
    roots: list[Node] = []
    for event_id, node in sorted(nodes.items(), key=lambda item: str(item[1].recorded_at)):
        parent = nodes.get(causes.get(event_id) or "")
        (parent.caused if parent else roots).append(node)
    moments = [each for node in nodes.values() for each in _moments(node)]
    began = min(moments, default=None)
    seconds = (max(moments) - began).total_seconds() if began else 0.0
    return Trace(correlation, roots, began, seconds, silent)


def _moments(node: Node) -> list[datetime]:
    handled = [each.handled_at for each in node.deliveries] + [each.received_at for each in node.deliveries]
    return [each for each in (node.recorded_at, node.published_at, *handled) if each]


def _node(row: dict[str, Any], service: str) -> Node:
    """An event as its publisher tells it, or as a consumer does while the publisher does not answer."""
    own = "recorded_at" in row
    return Node(
        id=row["event_id"],
        type=row["type"],
        service=service,
        aggregate_id=row["aggregate_id"],
        state=row["state"] if own else "unknown",
        recorded_at=moment(row["recorded_at"] if own else row["occurred_at"]),
        published_at=moment(row.get("published_at")),
    )


def _delivery(row: dict[str, Any], service: str) -> Delivery:
    return Delivery(
        service=service,
        state=row["state"],
        received_at=moment(row["received_at"]),
        handled_at=moment(row["handled_at"]),
        attempts=row["attempts"],
        error=row["error"],
    )
