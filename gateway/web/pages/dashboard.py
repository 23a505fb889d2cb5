"""A vendor's dashboard: what was sold, who came lately, which links work, what was refused."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, render_template, request

from gateway.web import sessions, shop
from gateway.web.client import Refused
from gateway.web.figures import figures
from gateway.web.guards import vendors_only
from gateway.web.languages import gettext
from gateway.web.links import dressed
from gateway.web.parts import missing, part

pages = Blueprint("dashboard", __name__)
NEWEST = 6


@pages.get("/vendor/dashboard")
@vendors_only
def show() -> Any:
    """The whole page."""
    vendor = part(gettext("your shop"), shop.acting, None)
    sold = part(gettext("what you sold"), _sold, None)
    live = _live()
    return render_template("vendor/dashboard.html", vendor=vendor, figures=sold, live=live, seen=_digest(live))


@pages.get("/vendor/dashboard/figures")
@vendors_only
def sold() -> Any:
    """The figures alone, for a page that has heard of something new; nothing (204) while they cannot be had."""
    found = part("what you sold", _sold, None)
    return render_template("vendor/_figures.html", figures=found) if found else ("", 204)


@pages.get("/vendor/dashboard/live")
@vendors_only
def refresh() -> Any:
    """The part that changes by itself; nothing (204) if it is what the page already shows."""
    live = _live()
    digest = _digest(live)
    if request.args.get("seen") == digest:
        return "", 204
    return render_template("vendor/_live.html", live=live, seen=digest)


def _live() -> str:
    customers = part(gettext("your newest customers"), lambda: _items("/vendors/me/customers", limit=NEWEST), None)
    links = part(gettext("your links"), lambda: dressed(_items("/vendors/me/invites", limit=100)), None)
    refusals = part(gettext("what was refused"), lambda: _items("/vendors/me/invites/refusals", limit=NEWEST), None)
    return render_template(
        "vendor/_panels.html", customers=customers, links=links, refusals=refusals, missing=missing()
    )


def _sold() -> dict[str, Any] | None:
    """The figures; a shop that ordering has not heard of yet has sold nothing."""
    try:
        return figures("/vendor/statistics")
    except Refused as refused:
        if refused.kind != "no-vendor":
            raise
        return None


def _items(path: str, **params: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = sessions.ask("vendor", "GET", path, params=params)["items"]
    return items


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
