"""A list of products as their owners narrow it, as its address says."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from gateway.web.browsing import ALL, Browsed
from gateway.web.product_forms import STATUSES, VISIBILITIES

MORE = ("category", "visibility", "vendor")


@dataclass(frozen=True)
class Kept(Browsed):
    """What an owner wants to see of the products; those that are deleted are a status of the list."""

    category: str = ""
    visibility: str = ""
    vendor: str = ""

    @classmethod
    def of(cls, path: str) -> Kept:
        """Read the address."""
        known = Browsed.read(path, (*STATUSES, "deleted"))
        more = {name: request.args.get(name, "")[:120] for name in MORE}
        more["visibility"] = more["visibility"] if more["visibility"] in VISIBILITIES else ""
        return cls(known.path, known.statuses, known.status, known.q, known.cursor, **more)

    @property
    def params(self) -> dict[str, str]:
        """What to ask catalog with."""
        asked = {**super().params, **{name: getattr(self, name) for name in MORE}}
        if self.status == "deleted":
            asked |= {"status": "", "deleted": "true"}
        return {name: value for name, value in asked.items() if value}

    def url(self, **other: str) -> str:
        """The address of the list with something else in it, from its first page."""
        return super().url(**{**{name: getattr(self, name) for name in MORE}, **other})

    @property
    def narrowed(self) -> bool:
        """Whether there may be more than is shown."""
        return bool(self.q or self.category or self.visibility or self.vendor or self.status != ALL)
