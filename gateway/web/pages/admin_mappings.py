"""The page that tells an admin why somebody is, or is not, on a list, and lets them make up for what is missing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request

from gateway.web import sessions
from gateway.web.client import Refused
from gateway.web.guards import admins_only
from gateway.web.languages import gettext, ngettext
from gateway.web.parts import part

pages = Blueprint("admin_mappings", __name__)
ASKED = ("customer", "vendor", "token")


@pages.get("/admin/mappings")
@admins_only
def show() -> Any:
    """Explain what the query asks for; without one, show what is missing anywhere."""
    asked = {name: request.args.get(name, "").strip()[:320] for name in ASKED}
    found, wrong = _explained({name: value for name, value in asked.items() if value})
    report = None if found or wrong else part(gettext("what is missing"), _compared, None)
    text = render_template("admin/mappings.html", asked=asked, found=found, wrong=wrong, report=report)
    return text, g.get("status", 200)


@pages.post("/admin/mappings/heal")
@admins_only
def heal() -> Any:
    """Hand what is missing to the services that missed it."""
    reason = request.form.get("reason", "").strip()[:1000] or "from the page"
    answer = sessions.ask("vendor", "POST", "/admin/mappings/reconcile", json={"reason": reason})
    healed = sum(report["healed"] for report in answer["reports"])
    done = ngettext("%(num)s was missing and is on the way.", "%(num)s were missing and are on the way.", healed)
    flash(done, "good")
    return redirect("/admin/mappings", 303)


def _explained(asked: dict[str, str]) -> tuple[dict[str, Any] | None, str | None]:
    if not asked:
        return None, None
    try:
        found = part(
            gettext("mappings"), lambda: sessions.ask("vendor", "GET", "/admin/mappings/explain", params=asked), None
        )
    except Refused as refused:
        if refused.status in {401, 403}:
            raise
        g.status = refused.status
        return None, " ".join([refused.detail, *refused.fields.values()])
    return found, None


def _compared() -> dict[str, Any]:
    found: dict[str, Any] = sessions.ask("vendor", "GET", "/admin/mappings/reconcile")
    return found
