"""A vendor's parts of orders: found, accepted, packed, shipped, delivered, or declined with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask_wtf import FlaskForm

from gateway.web import sessions
from gateway.web.browsing import Browsed
from gateway.web.client import Refused
from gateway.web.faring import PARTS, stale
from gateway.web.forms import submit
from gateway.web.guards import safe_next, vendors_only
from gateway.web.languages import gettext, lazy_gettext, ngettext
from gateway.web.order_forms import Reason, Shipment
from gateway.web.parts import part

pages = Blueprint("vendor_orders", __name__)
PATH = "/vendor/orders"
MOST_AT_ONCE = 50
DONE = {
    "accept": lazy_gettext("It is accepted. Pack it next."),
    "pack": lazy_gettext("It is packed. The customer can no longer cancel it."),
    "ship": lazy_gettext("It is on its way, and the customer knows how to follow it."),
    "deliver": lazy_gettext("It is delivered, and earned."),
    "cancel": lazy_gettext("It is cancelled. The customer reads your reason."),
    "reject": lazy_gettext("It is declined. The customer reads your reason."),
}
FORMS: dict[str, type[FlaskForm]] = {"ship": Shipment, "cancel": Reason, "reject": Reason}


@pages.get(PATH)
@vendors_only
def show() -> Any:
    """The parts by status, number or customer; only the list when htmx asks while somebody types."""
    browsed = Browsed.read(PATH, tuple(PARTS))
    found = part(gettext("your orders"), lambda: sessions.ask("ordering", "GET", PATH, params=browsed.params), None)
    template = "vendor/_orders.html" if request.headers.get("HX-Request") else "vendor/orders.html"
    return render_template(template, found=found, browsed=browsed, statuses=PARTS)


@pages.post(f"{PATH}/accept")
@vendors_only
def accept_many() -> Any:
    """Accept all that were ticked; what could not be is told, and the rest is accepted all the same."""
    ids = [it for it in request.form.getlist("ids")[:MOST_AT_ONCE] if _is_id(it)]
    refused = [why for it in ids if (why := _refused(it))]
    accepted = len(ids) - len(refused)
    if not ids:
        flash(gettext("Tick the orders first."), "warn")
    if accepted:
        flash(ngettext("%(num)s order is accepted.", "%(num)s orders are accepted.", accepted), "good")
    if refused:
        wrong = ngettext(
            "%(num)s order could not be accepted. %(why)s",
            "%(num)s orders could not be accepted. %(why)s",
            len(refused),
            why=refused[0],
        )
        flash(wrong, "bad")
    return redirect(safe_next(request.form.get("next"), PATH), 303)


@pages.get(f"{PATH}/<uuid:part_id>")
@vendors_only
def detail(part_id: UUID) -> Any:
    """One part: what is in it, where it goes, what it earns, and its next steps."""
    return _page(part_id)


@pages.get(f"{PATH}/<uuid:part_id>/slip")
@vendors_only
def slip(part_id: UUID) -> Any:
    """A packing slip to be printed and put into the parcel: it says nothing of money."""
    return render_template("vendor/slip.html", it=_one(part_id), shop=part(gettext("your shop"), _shop, None))


@pages.post(f"{PATH}/<uuid:part_id>/<step>")
@vendors_only
def advance(part_id: UUID, step: str) -> Any:
    """Take a part a step on its way; what somebody else did meanwhile is told, and nothing is changed."""
    if step not in DONE:
        abort(404)
    form = FORMS.get(step, FlaskForm)()
    try:
        if submit(form, lambda: _send(part_id, step, form)):
            flash(str(DONE[step]), "good")
            return redirect(f"{PATH}/{part_id}", 303)
    except Late as late:
        return _page(part_id, wrong=str(late)), 409
    return _page(part_id, **{step: form}), g.status


class Late(Exception):
    """The part is elsewhere by now; the message says where."""


def _send(part_id: UUID | str, step: str, form: FlaskForm) -> None:
    body = {name: value for name, value in form.data.items() if name != "csrf_token"}
    try:
        sessions.ask("ordering", "POST", f"{PATH}/{part_id}/{step}", **({"json": body} if body else {}))
    except Refused as refused:
        if refused.kind == "wrong-status":
            raise Late(stale(refused)) from None
        raise


def _refused(part_id: str) -> str:
    try:
        _send(part_id, "accept", FlaskForm())
    except Late as late:
        return str(late)
    except Refused as refused:
        if refused.status in {401, 403} or refused.kind == "vendor-suspended":
            raise
        return refused.detail
    return ""


def _one(part_id: UUID) -> dict[str, Any]:
    it: dict[str, Any] = sessions.ask("ordering", "GET", f"{PATH}/{part_id}")
    return it


def _shop() -> dict[str, Any] | None:
    found: dict[str, Any] = sessions.ask("vendor", "GET", "/vendor/profile")
    return found


def _page(part_id: UUID, wrong: str = "", **forms: FlaskForm) -> str:
    blank = {name: forms.get(name) or kind(formdata=None, prefix="") for name, kind in FORMS.items()}
    return render_template("vendor/order.html", it=_one(part_id), wrong=wrong, forms=blank, failed=tuple(forms))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
