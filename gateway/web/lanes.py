"""A trace as a picture: a lane for every step, from when to when, in hundredths of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.web.formats import moment
from gateway.web.languages import gettext
from gateway.web.said import said

THINNEST = 0.6
DEEPEST = 3


@dataclass(frozen=True)
class Lane:
    """A step: what it is, how deep in the tree, where its bar lies (0 to 100), how long it took, how it went."""

    name: str
    what: str
    depth: int
    start: float
    width: float
    seconds: float | None
    tone: str
    error: str | None = None


def lanes(tree: Mapping[str, Any]) -> list[Lane]:
    """Draw a trace: each event waits for its relay, travels to each consumer, and is handled there."""
    began = moment(tree["began_at"])
    if began is None:
        return []
    return [lane for root in tree["roots"] for lane in _event(root, began, tree["seconds"] or 0.001, 0)]


def _event(node: Mapping[str, Any], began: datetime, whole: float, depth: int) -> Iterator[Lane]:
    level = min(depth, DEEPEST)

    def lane(name: str, what: str, since: str | None, until: str | None, tone: str, error: str | None = None) -> Lane:
        start, end = moment(since), moment(until)
        left = (start - began).total_seconds() / whole * 100 if start else 0.0
        taken = (end - start).total_seconds() if start and end else None
        width = max((taken or 0.0) / whole * 100, THINNEST)
        left = max(0.0, min(left, 100 - THINNEST))
        return Lane(name, what, level, round(left, 2), round(min(width, 100 - left), 2), taken, tone, error)

    waits = "bad" if node["published_at"] is None else "wait"
    yield lane(
        node["type"],
        gettext("%(service)s: written, to the broker", service=node["service"]),
        node["recorded_at"],
        node["published_at"],
        waits,
    )
    for delivery in node["deliveries"]:
        name, came = delivery["service"], delivery["received_at"]
        yield lane(
            "",
            gettext("to %(service)s’s inbox", service=name),
            node["published_at"] or node["recorded_at"],
            came,
            "wait",
        )
        done = delivery["handled_at"]
        tone, error = ("", None) if done else ("bad", delivery["error"])
        yield lane(
            "", gettext("%(service)s: %(state)s", service=name, state=said(delivery["state"])), came, done, tone, error
        )
    for effect in node["caused"]:
        yield from _event(effect, began, whole, depth + 1)
