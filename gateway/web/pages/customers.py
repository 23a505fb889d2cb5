"""A vendor's customer list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request

from gateway.web import sessions
from gateway.web.guards import vendors_only
from gateway.web.languages import gettext
from gateway.web.parts import part

pages = Blueprint("customers", __name__)


@pages.get("/vendor/customers")
@vendors_only
def show() -> Any:
    """One page of the list; only the table when htmx asks while somebody types."""
    q, cursor = request.args.get("q", "")[:100], request.args.get("cursor", "")
    params = {"limit": "20", **({"q": q} if q else {}), **({"cursor": cursor} if cursor else {})}
    found = part(
        gettext("your customers"), lambda: sessions.ask("vendor", "GET", "/vendors/me/customers", params=params), None
    )
    template = "vendor/_customers.html" if request.headers.get("HX-Request") else "vendor/customers.html"
    return render_template(template, found=found, q=q, cursor=cursor)


@pages.post("/vendor/customers/<uuid:customer_id>/remove")
@vendors_only
def remove(customer_id: UUID) -> Any:
    """Take somebody off the list."""
    sessions.ask("vendor", "DELETE", f"/vendors/me/customers/{customer_id}")
    flash(gettext("They are off your list. A new invitation can bring them back."), "good")
    return redirect("/vendor/customers", 303)
