"""Lists that are filtered, searched and read page by page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import render_template, request

from gateway.web import sessions
from gateway.web.languages import gettext
from gateway.web.parts import part

ALL = "all"


@dataclass(frozen=True)
class Browsed:
    """What somebody wants to see of a list, as its address says."""

    path: str
    statuses: tuple[str, ...]
    status: str
    q: str
    cursor: str

    @classmethod
    def read(cls, path: str, statuses: tuple[str, ...], first: str = ALL) -> Browsed:
        """Read the address; a status that is not known is the one that the list begins with."""
        status = request.args.get("status", first)
        known = status if status in {*statuses, ALL} else first
        return cls(path, statuses, known, request.args.get("q", "")[:100], request.args.get("cursor", ""))

    @property
    def params(self) -> dict[str, str]:
        """What to ask the service with."""
        given = {"status": "" if self.status == ALL else self.status, "q": self.q, "cursor": self.cursor}
        return {"limit": "20", **{name: value for name, value in given.items() if value}}

    def url(self, **other: str) -> str:
        """The address of the list with something else in it, from its first page."""
        given = {"status": self.status, "q": self.q, **other}
        return f"{self.path}?{urlencode({name: value for name, value in given.items() if value})}"


def listing(browsed: Browsed, fragment: str, whole: str) -> str:
    """Render one page of a list; only its fragment when htmx asks for it."""
    found = part(gettext("the list"), lambda: sessions.ask("vendor", "GET", browsed.path, params=browsed.params), None)
    template = fragment if request.headers.get("HX-Request") else whole
    return render_template(template, found=found, browsed=browsed)
