"""Applications, for the admins who decide them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template

from gateway.web import sessions
from gateway.web.browsing import Browsed, listing
from gateway.web.business_forms import Approval, Reason
from gateway.web.client import Refused
from gateway.web.deeds import told
from gateway.web.formats import dated, minute, moment
from gateway.web.forms import submit
from gateway.web.guards import admins_only
from gateway.web.languages import gettext, lazy_gettext
from gateway.web.words import standing

pages = Blueprint("admin_applications", __name__)
PATH = "/admin/vendors/applications"
STATUSES = ("pending", "approved", "rejected", "withdrawn")
DECIDED = {
    "approved": lazy_gettext("You were not the first: %(who)s approved it at %(time)s on %(day)s."),
    "rejected": lazy_gettext("You were not the first: %(who)s rejected it at %(time)s on %(day)s."),
    "withdrawn": lazy_gettext("You were not the first: %(who)s withdrew it at %(time)s on %(day)s."),
}


@pages.get(PATH)
@admins_only
def show() -> Any:
    """Those that wait, unless others are asked for; only the table when htmx asks while somebody types."""
    return listing(Browsed.read(PATH, STATUSES, first="pending"), "admin/_applications.html", "admin/applications.html")


@pages.get(f"{PATH}/<uuid:application_id>")
@admins_only
def detail(application_id: UUID) -> Any:
    """All that is known of one."""
    return page(application_id)


@pages.post(f"{PATH}/<uuid:application_id>/approve")
@admins_only
def approve(application_id: UUID) -> Any:
    """Make the applicant a vendor."""
    form = Approval()
    return _decide(application_id, "approve", form, form.body, "approval")


@pages.post(f"{PATH}/<uuid:application_id>/reject")
@admins_only
def reject(application_id: UUID) -> Any:
    """Decline, and say why."""
    form = Reason()
    return _decide(application_id, "reject", form, lambda: {"reason": form.reason.data}, "rejection")


def page(application_id: UUID, **forms: Any) -> str:
    """Render one application, with the form that was refused if one was."""
    found = sessions.ask("vendor", "GET", f"{PATH}/{application_id}")
    shown = {"approval": Approval(formdata=None), "rejection": Reason(formdata=None), **forms}
    refused = next(iter(forms.values()), None)
    return render_template("admin/application.html", it=found, acts=told(found["history"]), form=refused, **shown)


def _decide(application_id: UUID, how: str, form: Any, body: Callable[[], dict[str, Any]], name: str) -> Any:
    try:
        taken = submit(form, lambda: _send(application_id, how, body()), also={"commission_bps": "rate"})
    except TooLate as late:
        flash(late.said, "warn")
        return redirect(f"{PATH}/{application_id}", 303)
    if not taken:
        return page(application_id, **{name: form}), g.status
    done = gettext("They are a vendor from now on.") if how == "approve" else gettext("They will read your reason.")
    flash(done, "good")
    return redirect(f"{PATH}/{application_id}", 303)


class TooLate(Exception):
    """Somebody was quicker; `said` is who, when, and what became of one's own decision."""

    def __init__(self, refused: Refused) -> None:
        who = refused.facts.get("decided_by_name") or gettext("Another admin")
        now, at = str(refused.facts.get("from")), moment(refused.facts.get("decided_at"))
        if refused.kind == "already-decided" and at and now in DECIDED:
            first = str(DECIDED[now]) % {"who": who, "time": minute(at), "day": dated(at.date())}
        else:
            first = gettext("You were not the first: it is “%(now)s” by now.", now=standing(now).name)
        self.said = " ".join([first, gettext("That decision stands, and yours changed nothing.")])
        super().__init__(self.said)


def _send(application_id: UUID, how: str, body: dict[str, Any]) -> None:
    try:
        sessions.ask("vendor", "POST", f"{PATH}/{application_id}/{how}", json=body)
    except Refused as refused:
        if refused.kind in {"already-decided", "wrong-application-status"}:
            raise TooLate(refused) from None
        raise
