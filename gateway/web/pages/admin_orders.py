"""All orders, for admins who watch over them: how each fares, whose it is, and how it came to be so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request

from gateway.web import sessions
from gateway.web.browsing import Browsed
from gateway.web.guards import admins_only
from gateway.web.languages import gettext
from gateway.web.parts import part

pages = Blueprint("admin_orders", __name__)
PATH = "/admin/orders"
STATUSES = ("pending", "confirmed", "rejected", "cancelled")


@dataclass(frozen=True)
class Watched(Browsed):
    """What an admin wants to see of the orders: also those of one customer or vendor."""

    customer: str = ""
    vendor: str = ""

    @property
    def params(self) -> dict[str, str]:
        """What to ask ordering with."""
        return {**super().params, **self._whose()}

    def url(self, **other: str) -> str:
        """The address of the list with something else in it, from its first page."""
        return super().url(**{**self._whose(), **other})

    def _whose(self) -> dict[str, str]:
        return {name: said for name in ("customer", "vendor") if (said := getattr(self, name))}


@pages.get(PATH)
@admins_only
def show() -> Any:
    """The orders by status or number; only the list when htmx asks while somebody types."""
    known = Browsed.read(PATH, STATUSES)
    whose = {name: _id(request.args.get(name, "")) for name in ("customer", "vendor")}
    watched = Watched(known.path, known.statuses, known.status, known.q, known.cursor, **whose)
    found = part(gettext("the orders"), lambda: sessions.ask("ordering", "GET", PATH, params=watched.params), None)
    template = "admin/_orders.html" if request.headers.get("HX-Request") else "admin/orders.html"
    return render_template(template, found=found, browsed=watched)


@pages.get(f"{PATH}/<uuid:order_id>")
@admins_only
def detail(order_id: UUID) -> Any:
    """One order with all of its parts, and its whole way: why it is in this state."""
    order = sessions.ask("ordering", "GET", f"{PATH}/{order_id}")
    way = part(gettext("its way"), lambda: sessions.ask("ordering", "GET", f"{PATH}/{order_id}/explain"), None)
    return render_template("admin/order.html", order=order, way=way)


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
