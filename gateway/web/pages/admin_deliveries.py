"""The mails that are stuck, for an admin: why, and sent again or let go, with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request

from gateway.web import sessions
from gateway.web.client import Refused
from gateway.web.guards import admins_only, safe_next
from gateway.web.languages import gettext
from gateway.web.languages import lazy_gettext as _
from gateway.web.parts import part

pages = Blueprint("admin_deliveries", __name__)
PATH = "/admin/deliveries"
STATES = ("in_doubt", "failed", "lapsed", "dismissed", "due", "refused", "sent")
STUCK = frozenset({"in_doubt", "failed", "lapsed"})
DONE = {"resend": _("It is sent again within seconds."), "dismiss": _("It is let go. It can still be sent later.")}


@pages.get(PATH)
@admins_only
def show() -> Any:
    """Those that wait for somebody to decide, or those in one state; above them how many are in each."""
    state, cursor = request.args.get("state", ""), request.args.get("cursor", "")
    state = state if state in STATES else ""
    asked = {"limit": "20", **({"state": state} if state else {}), **({"cursor": cursor} if cursor else {})}
    found = part(gettext("the mails"), lambda: sessions.ask("notifications", "GET", PATH, params=asked), None)
    counts = part(gettext("how many there are"), lambda: sessions.ask("notifications", "GET", f"{PATH}/counts"), None)
    return render_template(
        "admin/deliveries.html", found=found, counts=counts or {}, state=state, states=STATES, stuck=STUCK, asked=cursor
    )


@pages.post(f"{PATH}/<uuid:delivery_id>/<any(resend,dismiss):act>")
@admins_only
def settle(delivery_id: UUID, act: str) -> Any:
    """Send one again, or let go of it; what somebody else did meanwhile is told."""
    reason = request.form.get("reason", "").strip()[:500]
    try:
        sessions.ask("notifications", "POST", f"{PATH}/{delivery_id}/{act}", json={"reason": reason} if reason else {})
        flash(str(DONE[act]), "good")
    except Refused as refused:
        if refused.status != 409:
            raise
        flash(refused.detail, "warn")
    return redirect(safe_next(request.form.get("next"), PATH), 303)
