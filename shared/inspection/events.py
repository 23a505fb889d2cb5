"""Events of all services in one list, newest first, from the outboxes that they were born in."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.inspection.client import CannotAsk, NotThere, Refused, Services

Event = dict[str, Any]


class BadCursor(ValueError):
    """This is not a cursor of this list."""


@dataclass(frozen=True)
class Events:
    """Some events, the cursor of the older ones, and who could not be asked."""

    items: list[Event]
    next_cursor: str | None
    silent: dict[str, str] = field(default_factory=dict)


def listed(
    services: Services, asked: Mapping[str, Any], *, limit: int = 50, cursor: str | None = None, box: str = "outbox"
) -> Events:
    """Merge one page of every service's box. Raises `BadCursor`; a service that is down is named, the rest listed."""
    places = _read(cursor)
    found: list[Event] = []
    silent: dict[str, str] = {}
    for client in services:
        if asked.get("service") in (None, client.service):
            try:
                query = {name: value for name, value in asked.items() if name != "service"}
                rows = client.get(f"/internal/{box}", **query, before=places.get(client.service), limit=limit + 1)
                found += [{**row, "service": client.service} for row in rows["items"]]
            except CannotAsk as mute:
                silent[client.service] = str(mute)
    newest = sorted(found, key=_when, reverse=True)
    items = newest[:limit]
    places |= {each["service"]: each["seq"] for each in items}
    return Events(items, _write(places) if len(newest) > limit else None, silent)


def followed(services: Services, asked: Mapping[str, Any], places: dict[str, int]) -> list[Event]:
    """Return what came after these places in each service, oldest first, and move the places on."""
    fresh: list[Event] = []
    for client in services:
        try:
            if client.service not in places:
                newest = client.get("/internal/outbox", limit=1)["items"]
                places[client.service] = newest[0]["seq"] if newest else 0
                continue
            rows = client.get("/internal/outbox", **asked, after=places[client.service], limit=200)["items"]
        except CannotAsk:
            continue
        if rows:
            places[client.service] = rows[-1]["seq"]
            fresh += [{**row, "service": client.service} for row in rows]
    return sorted(fresh, key=_when)


def found(services: Services, event_id: str) -> Event:
    """Return one event from the service that wrote it. Raises `NotThere`, naming who could not be asked."""
    silent = []
    for client in services:
        try:
            return {**client.get(f"/internal/outbox/{event_id}"), "service": client.service}
        except (NotThere, Refused):
            continue
        except CannotAsk as mute:
            silent.append(str(mute))
    raise NotThere("; ".join([f"No service wrote an event {event_id}", *silent]) + ".")


def _when(event: Event) -> str:
    return str(event.get("recorded_at") or event.get("received_at"))


def _write(places: Mapping[str, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(places, separators=(",", ":")).encode()).decode().rstrip("=")


def _read(cursor: str | None) -> dict[str, int]:
    if cursor is None:
        return {}
    try:
        places = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return {str(name): int(place) for name, place in places.items()}
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise BadCursor(BadCursor.__doc__) from None
