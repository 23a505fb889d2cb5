"""Parked events and missing ones over all services, and what may be done about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.inspection.client import CannotAsk, Services
from shared.inspection.legs import last_line


def parked(services: Services, only: str | None = None) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the groups of parked events and unreadable messages of each service, and who could not be asked.

    A group says `why` in a line, and in `error` the whole of its last failure.
    """
    found, silent = [], {}
    for client in services:
        if only in (None, client.service):
            try:
                found.append(_told(client.get("/internal/parked")))
            except CannotAsk as mute:
                silent[client.service] = str(mute)
    return found, silent


def _told(stuck: dict[str, Any]) -> dict[str, Any]:
    for group in stuck["items"]:
        group["why"] = last_line(group["error"])
    return stuck


def act(services: Services, service: str, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Redrive or dismiss in one service; what that means is told before with `preview`."""
    return services[service].post(f"/internal/parked/{what}", body)  # type: ignore[no-any-return]


def reconcile(
    services: Services,
    *,
    heal: bool = False,
    actor: str = "",
    reason: str = "",
    grace: float = 5.0,
    only: str | None = None,
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Have each service compare itself with its publishers, and with `heal` make up for what is missing."""
    reports, silent = [], {}
    for client in services:
        if only in (None, client.service):
            try:
                if heal:
                    said = {"actor": actor, "reason": reason}
                    reports.append(client.post(f"/internal/reconcile?grace={grace}", said))
                else:
                    reports.append(client.get("/internal/reconcile", grace=grace))
            except CannotAsk as mute:
                silent[client.service] = str(mute)
    return reports, silent
