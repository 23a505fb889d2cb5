"""The events of all services for an admin: a list, one with the picture of what it caused, and what was set aside."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request

from gateway.web import sessions
from gateway.web.client import Refused
from gateway.web.guards import admins_only
from gateway.web.lanes import lanes
from gateway.web.languages import gettext, ngettext
from gateway.web.parts import part

pages = Blueprint("admin_events", __name__)
FILTERS = ("type", "customer", "vendor", "correlation", "service", "status")
STATES = {"published": "good", "unpublished": "warn", "unroutable": ""}


@pages.get("/admin/events")
@admins_only
def show() -> Any:
    """List the events that the filters let through, and above them what is parked."""
    asked = {name: request.args.get(name, "").strip()[:320] for name in (*FILTERS, "cursor")}
    found, wrong = _listed({name: value for name, value in asked.items() if value})
    parked = part(gettext("parked events"), lambda: sessions.ask("vendor", "GET", "/admin/parked"), None)
    text = render_template(
        "admin/events.html", asked=asked, found=found, wrong=wrong, parked=parked, states=STATES,
        query={name: value for name, value in asked.items() if value and name != "cursor"},
    )  # fmt: skip
    return text, g.get("status", 200)


@pages.get("/admin/events/<uuid:event_id>")
@admins_only
def one(event_id: UUID) -> Any:
    """Draw what the request of an event caused, step by step."""
    try:
        tree = sessions.ask("vendor", "GET", f"/admin/events/{event_id}/trace")
    except Refused as refused:
        if refused.status == 404:
            abort(404)
        raise
    return render_template("admin/event.html", tree=tree, lanes=lanes(tree), event_id=str(event_id))


@pages.post("/admin/events/parked/<any(redrive,dismiss):act>")
@admins_only
def settle(act: Literal["redrive", "dismiss"]) -> Any:
    """Try a group of parked events again, or give it up."""
    reason = request.form.get("reason", "").strip()[:1000] or "from the page"
    body = {
        "service": request.form.get("service", ""),
        "signature": request.form.get("signature", ""),
        "reason": reason,
    }
    answer = sessions.ask("vendor", "POST", f"/admin/parked/{act}", json=body)
    count = int(answer["events"])
    if act == "redrive":
        done = ngettext("%(num)s parked event is due again.", "%(num)s parked events are due again.", count)
    else:
        done = ngettext(
            "%(num)s parked event is dismissed and stays on record.",
            "%(num)s parked events are dismissed and stay on record.",
            count,
        )
    flash(done, "good")
    return redirect("/admin/events", 303)


def _listed(asked: dict[str, str]) -> tuple[dict[str, Any] | None, str | None]:
    try:
        return part(gettext("events"), lambda: sessions.ask("vendor", "GET", "/admin/events", params=asked), None), None
    except Refused as refused:
        if refused.status in {401, 403}:
            raise
        g.status = refused.status
        return None, " ".join([refused.detail, *(f"{name}: {text}" for name, text in refused.fields.items())])
