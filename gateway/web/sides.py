"""The two sides that keep products: vendors their own, admins the marketplace's; the same pages serve both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint

from gateway.web import sessions
from gateway.web.guards import admins_only, vendors_only
from gateway.web.languages import gettext
from gateway.web.parts import part

View = Callable[..., Any]
Row = tuple[str, str, View]
"""What comes after the side's path, the method, and the view; a view takes the side first."""


@dataclass(frozen=True)
class Side:
    """Where the pages of one side are, which is also where the API's are, and who may open them."""

    name: str
    path: str
    guard: Callable[[View], View]

    def blueprint(self, name: str, rows: Iterable[Row]) -> Blueprint:
        """Pages of this side."""
        pages = Blueprint(f"{self.name}_{name}", __name__)
        for rule, method, view in rows:
            pages.add_url_rule(self.path + rule, view.__name__, self.guard(self._bound(view)), methods=[method])
        return pages

    def ask(self, method: str, path: str = "", **more: Any) -> Any:
        """Ask catalog on this side's behalf."""
        return sessions.ask("catalog", method, self.path + path, **more)

    def one(self, product_id: object) -> dict[str, Any]:
        """A product of this side."""
        found: dict[str, Any] = self.ask("GET", f"/{product_id}")
        return found

    def listed(self, params: dict[str, str]) -> dict[str, Any] | None:
        """A page of this side's products, or nothing while catalog does not answer."""
        return part(gettext("the products"), lambda: self._page(params), None)

    def _page(self, params: dict[str, str]) -> dict[str, Any] | None:
        found: dict[str, Any] = self.ask("GET", params=params)
        return found

    def _bound(self, view: View) -> View:
        @wraps(view)
        def bound(**kwargs: Any) -> Any:
            return view(self, **kwargs)

        return bound


SIDES = (Side("vendor", "/vendor/products", vendors_only), Side("admin", "/admin/products", admins_only))
