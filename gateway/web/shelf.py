"""Products on show: what somebody looks for, as an address says it, and what catalog finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import g, render_template, request

from gateway.web import sessions
from gateway.web.client import Refused
from gateway.web.formats import price
from gateway.web.languages import gettext, lazy_gettext
from gateway.web.money import NotMoney, minor
from gateway.web.parts import part

SORTS = {
    "relevance": lazy_gettext("Best match"),
    "newest": lazy_gettext("Newest"),
    "price": lazy_gettext("Lowest price"),
    "-price": lazy_gettext("Highest price"),
}
TYPED = ("q", "category", "vendor", "currency", "least", "most", "in_stock", "sort")
USUAL_CURRENCY = "EUR"
A_PAGE = 24
Category = dict[str, Any]


@dataclass(frozen=True)
class Sought:
    """What somebody wants to see; what the page itself is about is `fixed` and not in its address."""

    path: str
    typed: Mapping[str, str]
    cursor: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: str, **fixed: str) -> Sought:
        """Read the address."""
        typed = {name: request.args.get(name, "").strip()[:120] for name in TYPED if name not in fixed}
        return cls(path, {name: value for name, value in typed.items() if value}, request.args.get("cursor", ""), fixed)

    def __getitem__(self, name: str) -> str:
        return self.fixed.get(name) or self.typed.get(name, "")

    @property
    def currency(self) -> str:
        """What prices are compared in."""
        return self["currency"] or USUAL_CURRENCY

    @property
    def sort(self) -> str:
        """The order: by relevance if there are words, else the newest first."""
        asked = self["sort"]
        known = asked in SORTS and (asked != "relevance" or self["q"])
        return asked if known else ("relevance" if self["q"] else "newest")

    @property
    def narrowed(self) -> list[str]:
        """The choices that can be taken back, by name."""
        return [name for name in ("least", "most", "in_stock", "category", "vendor") if name in self.typed]

    def sorts(self) -> list[tuple[str, str]]:
        """The orders to choose from."""
        return [(value, name) for value, name in SORTS.items() if value != "relevance" or self["q"]]

    def params(self) -> dict[str, str]:
        """What to ask catalog with. Raises `NotMoney`."""
        asked = {name: self[name] for name in ("q", "category", "vendor")}
        bounds = {"price_min": self["least"], "price_max": self["most"]}
        asked |= {name: str(minor(typed, self.currency)) for name, typed in bounds.items() if typed}
        if any(bounds.values()) or self["currency"]:
            asked["currency"] = self.currency
        asked |= {"in_stock": "true" if self["in_stock"] else "", "cursor": self.cursor, "sort": self.sort}
        return {"limit": str(A_PAGE), "facets": "true", **{name: value for name, value in asked.items() if value}}

    def url(self, **other: str) -> str:
        """The address with something else in it, from its first page."""
        asked = {name: value for name, value in {**self.typed, **other}.items() if value}
        return f"{self.path}?{urlencode(asked)}" if asked else self.path


@dataclass(frozen=True)
class Shelf:
    """A page of products, or why there is none; `wrong` is what is not right about a price."""

    sought: Sought
    found: dict[str, Any] | None
    wrong: str = ""

    @property
    def facets(self) -> dict[str, Any]:
        """What further choices would show."""
        return (self.found or {}).get("facets") or {}

    def more(self, counts: str) -> str:
        """What follows a number that there are more of: catalog counts the newest alone where there are very many."""
        return "+" if counts in self.facets.get("at_least", ()) else ""

    @property
    def range(self) -> str:
        """From which price to which, in the currency that they are compared in; nothing if not all were looked at."""
        for it in () if self.more("prices") else self.facets.get("prices", ()):
            if it["currency"] == self.sought.currency:
                ends = [price({"amount": it[end], "currency": it["currency"]}) for end in ("least", "most")]
                return gettext("%(least)s to %(most)s", least=ends[0], most=ends[1])
        return ""


def fill(sought: Sought) -> Shelf:
    """Ask catalog for what somebody looks for; what it cannot make sense of is told above an empty shelf."""
    try:
        params = sought.params()
        return Shelf(sought, part(gettext("the products"), lambda: _found(params), None))
    except NotMoney as wrong:
        said = str(wrong)
    except Refused as refused:
        if refused.status != 422:
            raise
        said = " ".join(refused.fields.values()) or refused.detail
    g.status = 422
    return Shelf(sought, {"items": [], "next_cursor": None}, said)


def _found(params: dict[str, str]) -> dict[str, Any] | None:
    found: dict[str, Any] = sessions.ask("catalog", "GET", "/products", params=params)
    return found


def shown(template: str, shelf: Shelf, **more: Any) -> Any:
    """Render a page with a shelf on it; only the shelf when htmx asks for it."""
    fragment = request.headers.get("HX-Request") and request.headers.get("HX-Target") == "shelf"
    text = render_template("_shelf.html" if fragment else template, shelf=shelf, **more)
    return text, g.get("status", 200)


def categories() -> list[Category]:
    """The tree of categories, each after the one that it is in."""
    items: list[Category] = sessions.ask("catalog", "GET", "/categories")["items"]
    return items


def tree() -> list[Category]:
    """The categories of a page that also goes without them."""
    nothing: list[Category] = []
    return part(gettext("the categories"), categories, nothing)


def below(tree: list[Category], parent: Category | None) -> list[Category]:
    """What is directly in a category, or at the top."""
    return [it for it in tree if it["parent_id"] == (parent["id"] if parent else None)]


def indented(tree: list[Category]) -> list[tuple[str, str]]:
    """The tree as choices of a list."""
    return [(it["id"], "\u2003" * (it["depth"] - 1) + it["name"]) for it in tree]
