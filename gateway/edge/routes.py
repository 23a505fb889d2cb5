"""Reads the table of public routes and refuses one that contradicts itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

ROLES = frozenset({"anyone", "customer", "vendor", "admin", "service"})
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
SEGMENT = re.compile(r"\{[a-z_]+\}")
PATH = re.compile(r"/(?:(?:[A-Za-z0-9._-]+|\{[a-z_]+\})(?:/(?:[A-Za-z0-9._-]+|\{[a-z_]+\}))*)?")
RATE = re.compile(r"([1-9]\d*)/([sm])")
BODY = re.compile(r"[1-9]\d*[km]")
KNOWN = frozenset({"path", "methods", "service", "who", "rate", "body", "to", "stream"})


class BadTable(ValueError):
    """The table of routes says something that cannot be served; the message names the row."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One row: who may ask which methods of a path, how often, how much, and which service answers."""

    path: str
    methods: tuple[str, ...]
    service: str
    who: frozenset[str]
    rate: str
    body: str
    to: str
    stream: bool = False

    @property
    def upstream(self) -> str:
        """Who answers: the service, or, for an answer that lasts, a process of the service's own for such."""
        return f"{self.service}_stream" if self.stream else self.service

    @property
    def is_api(self) -> bool:
        """Say whether programs ask here: their errors are problem+json, those of pages are pages."""
        return self.service != "web"


@dataclass(frozen=True)
class Place:
    """A path with all its rows: what nginx calls a location."""

    path: str
    routes: tuple[Route, ...]

    @property
    def first(self) -> Route:
        return self.routes[0]

    @property
    def allow(self) -> tuple[str, ...]:
        """The methods of the path, with the HEAD that every GET brings."""
        methods = {method for route in self.routes for method in route.methods}
        return tuple(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def read(table: Path) -> list[Route]:
    """Read the rows in their order; raise BadTable naming the first row that cannot be served."""
    document = tomllib.loads(table.read_text())
    default = document.get("default", {})
    routes = [_route({**default, **row}) for row in document.get("route", [])]
    _refuse_duplicates(routes)
    return routes


def places(routes: Iterable[Route]) -> list[Place]:
    """Group the rows by path; raise BadTable where rows of one path disagree on service, target or body."""
    ordered = sorted(routes, key=lambda route: route.path)
    found = [Place(path, tuple(rows)) for path, rows in groupby(ordered, key=lambda route: route.path)]
    for place in found:
        if len({(route.upstream, route.to, route.body) for route in place.routes}) > 1:
            raise BadTable(f"{place.path}: its rows disagree on service, to or body")
    return found


def _route(row: Mapping[str, Any]) -> Route:
    path = str(row.get("path"))
    _check(path, row)
    to = row.get("to", path.removeprefix("/api") if path.startswith("/api/") else path)
    return Route(
        path=path,
        methods=tuple(row["methods"]),
        service=row["service"],
        who=frozenset(row["who"]),
        rate=row["rate"],
        body=row["body"],
        to=to,
        stream=row.get("stream", False),
    )


def _check(path: str, row: Mapping[str, Any]) -> None:
    rules = {
        f"unknown columns {sorted(row.keys() - KNOWN)}": row.keys() <= KNOWN,
        "the path is not plain segments and {names}": PATH.fullmatch(path),
        f"methods are one or more of {sorted(METHODS)}": row.get("methods") and METHODS.issuperset(row["methods"]),
        "a service is named": re.fullmatch(r"[a-z]+", str(row.get("service", ""))),
        f"who is one or more of {sorted(ROLES)}": row.get("who") and ROLES.issuperset(row["who"]),
        "a rate is N/s or N/m": RATE.fullmatch(str(row.get("rate"))),
        "a body is like 16k or 2m": BODY.fullmatch(str(row.get("body"))),
        "stream is true or false": isinstance(row.get("stream", False), bool),
        "a path with names has no `to`": not ("to" in row and SEGMENT.search(path)),
    }
    broken = [rule for rule, holds in rules.items() if not holds]
    if broken:
        raise BadTable(f"{path}: {'; '.join(broken)}")


def _refuse_duplicates(routes: Iterable[Route]) -> None:
    seen: set[tuple[str, str]] = set()
    for route in routes:
        for method in route.methods:
            if (method, route.path) in seen:
                raise BadTable(f"{route.path}: {method} is stated twice")
            seen.add((method, route.path))
