"""Pages made of parts: a part whose service is down is named, and the rest of the page still works."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import g

from gateway.web.client import ServiceDown

T = TypeVar("T")


def part(name: str, fetch: Callable[[], T], otherwise: T) -> T:
    """Fetch one part of a page; if its service is down, note that `name` is missing and go on with `otherwise`."""
    try:
        return fetch()
    except ServiceDown:
        missing().append(name)
        return otherwise


def missing() -> list[str]:
    """The parts that this page has to do without."""
    if "missing" not in g:
        g.missing = []
    return g.missing  # type: ignore[no-any-return]
