"""Turns the table of routes and a site into nginx.conf and its error pages, as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from gateway.edge import tongues
from gateway.edge.problems import PROBLEMS
from gateway.edge.routes import RATE, SEGMENT, BadTable, Place, Route, places
from gateway.edge.site import Site, user_for_workers

PASSED_HEADERS = (
    *("Accept", "Accept-Language", "Authorization", "Content-Type", "Cookie", "Idempotency-Key", "If-Match"),
    "Last-Event-ID",
    *("If-Modified-Since", "If-None-Match", "Origin", "Prefer", "Range", "Referer", "User-Agent"),
    *("Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Traceparent", "Tracestate", "X-CSRFToken"),
    *("HX-Boosted", "HX-Current-URL", "HX-History-Restore-Request", "HX-Request", "HX-Target", "HX-Trigger"),
    "HX-Trigger-Name",
)
OWNED_HEADERS = (
    *("X-Request-Id", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy"),
    *("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Strict-Transport-Security", "Server"),
)
PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A rate of one row in nginx's terms: a leaky bucket that lets `burst` more pass at once."""

    zone: str
    methods: tuple[str, ...]
    per_unit: int
    unit: str

    @property
    def rate(self) -> str:
        return f"{self.per_unit}r/{self.unit}"

    @property
    def burst(self) -> int:
        return self.per_unit - 1

    @property
    def retry_after(self) -> int:
        """Seconds until one more request fits, rounded up."""
        return -(-(60 if self.unit == "m" else 1) // self.per_unit)


@dataclass(frozen=True, kw_only=True)
class Location:
    """A place as the template sees it."""

    path: str
    match: str
    rewrite: str
    service: str
    stream: bool
    body: str
    allow: tuple[str, ...]
    limits: tuple[Limit, ...]
    retry_after: int


def render(routes: list[Route], site: Site, *, table: Path) -> str:
    """Render nginx.conf; raise BadTable if a service of the table has no upstream."""
    wanted = {route.upstream for route in routes}
    if missing := wanted - site.upstreams.keys():
        raise BadTable(f"no upstream given for {', '.join(sorted(missing))}")
    locations = [_location(number, place, site) for number, place in enumerate(_specific_first(places(routes)))]
    return _template("nginx.conf.j2").render(
        table=table.name,
        site=site,
        user=user_for_workers(),
        upstreams={name: servers for name, servers in site.upstreams.items() if name in wanted},
        places=locations,
        limits=[limit for location in locations for limit in location.limits],
        problems=PROBLEMS,
        tongues=tongues.TONGUES,
        page_policy=PAGE_POLICY,
        passed_headers=PASSED_HEADERS,
        owned_headers=OWNED_HEADERS,
        token_prefixes=sorted({route.path.split("{token}")[0] for route in routes if "{token}" in route.path}),
        bare_api_paths=[route.path for route in routes if route.is_api and not route.path.startswith("/api/")],
    )


def error_pages(stylesheet: str, logo: str) -> dict[str, str]:
    """Render the page of every refusal in every language, by file name; they need nothing but the static files."""
    page = _template("error.html.j2")
    passing = {it.status for it in PROBLEMS if it.passes}
    return {
        name: page.render(
            status=status, said=words, tongue=tongue, again=status in passing, stylesheet=stylesheet, logo=logo
        )
        for name, tongue, status, words in tongues.said()
    }


def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=select_autoescape(("html.j2",), default=False),
    )
    return environment.get_template(name)


def _specific_first(found: Iterable[Place]) -> list[Place]:
    return sorted(found, key=lambda place: (place.path.count("{"), place.path))


def _location(number: int, place: Place, site: Site) -> Location:
    limits = tuple(_limit(f"r{number}_{row}", route, site) for row, route in enumerate(place.routes))
    return Location(
        path=place.path,
        match=_match(place.path),
        rewrite=_rewrite(place.first),
        service=place.first.upstream,
        stream=place.first.stream,
        body=place.first.body,
        allow=place.allow,
        limits=limits,
        retry_after=max(limit.retry_after for limit in limits),
    )


def _match(path: str) -> str:
    if not SEGMENT.search(path):
        return f"= {path}"
    literal = [re.escape(part) for part in SEGMENT.split(path)]
    return f'~ "^{"[^/]+".join(literal)}$"'


def _rewrite(route: Route) -> str:
    # Always rewritten, so that the service is asked for the normalised path that was matched, never the raw one.
    if SEGMENT.search(route.path):
        prefix = "/api" if route.path.startswith("/api/") else ""
        return f'rewrite "(?s)^{prefix}(/.*)$" $1 break;'
    return f"rewrite ^ {route.to} break;"


def _limit(zone: str, route: Route, site: Site) -> Limit:
    matched = RATE.fullmatch(route.rate)
    if matched is None:
        raise BadTable(f"{route.path}: {route.rate} is no rate")
    methods = (*route.methods, "HEAD") if "GET" in route.methods else route.methods
    return Limit(zone=zone, methods=methods, per_unit=int(matched[1]) * site.rate_factor, unit=matched[2])
