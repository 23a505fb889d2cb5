"""Vendors, for the admins who watch over them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request

from gateway.web import sessions
from gateway.web.browsing import Browsed, listing
from gateway.web.business_forms import Commission, Reason
from gateway.web.client import Refused
from gateway.web.deeds import told
from gateway.web.formats import moment
from gateway.web.forms import submit
from gateway.web.guards import admins_only
from gateway.web.languages import gettext
from gateway.web.parts import part

pages = Blueprint("admin_vendors", __name__)
PATH = "/admin/vendors"
STATUSES = ("approved", "suspended", "deleted")


@pages.get(PATH)
@admins_only
def show() -> Any:
    """All of them; only the table when htmx asks while somebody types."""
    return listing(Browsed.read(PATH, STATUSES), "admin/_vendors.html", "admin/vendors.html")


@pages.get(f"{PATH}/<uuid:vendor_id>")
@admins_only
def detail(vendor_id: UUID) -> Any:
    """All that is known of one."""
    return page(vendor_id)


@pages.post(f"{PATH}/<uuid:vendor_id>/suspend")
@admins_only
def suspend(vendor_id: UUID) -> Any:
    """Stop them from selling."""
    return _with_reason(vendor_id, "suspend", gettext("The shop is suspended, and its owner reads why."))


@pages.post(f"{PATH}/<uuid:vendor_id>/delete")
@admins_only
def delete(vendor_id: UUID) -> Any:
    """Close the shop; it can be restored."""
    return _with_reason(
        vendor_id, "delete", gettext("The shop is deleted. It can be restored, and its name stays taken.")
    )


@pages.post(f"{PATH}/<uuid:vendor_id>/reactivate")
@admins_only
def reactivate(vendor_id: UUID) -> Any:
    """Let them sell again."""
    return _simply(vendor_id, "reactivate", gettext("The shop is open again."))


@pages.post(f"{PATH}/<uuid:vendor_id>/restore")
@admins_only
def restore(vendor_id: UUID) -> Any:
    """Bring a deleted shop back."""
    return _simply(vendor_id, "restore", gettext("The shop is back as it was."))


@pages.post(f"{PATH}/<uuid:vendor_id>/commission")
@admins_only
def commission(vendor_id: UUID) -> Any:
    """Set another rate."""
    form = Commission()
    also = {"commission_bps": "rate", "effective_from": "from_day", "reason": "why"}
    if submit(form, lambda: _send(vendor_id, "commission", form.body()), also=also):
        flash(gettext("The rate is kept. Earlier orders keep theirs."), "good")
        return redirect(f"{PATH}/{vendor_id}", 303)
    return page(vendor_id, commission=form), g.status


def page(vendor_id: UUID, **forms: Any) -> str:
    """Render one vendor, with the form that was refused if one was."""
    vendor = sessions.ask("vendor", "GET", f"{PATH}/{vendor_id}")
    params = {"vendor_id": str(vendor_id), "limit": "20", **({"cursor": cursor} if (cursor := _cursor()) else {})}
    trail = part(gettext("what was done"), lambda: sessions.ask("vendor", "GET", "/admin/audit", params=params), None)
    empty = {"suspend": Reason(formdata=None), "delete": Reason(formdata=None), "commission": Commission(formdata=None)}
    return render_template(
        "admin/vendor.html",
        it=vendor,
        rates=_rates(vendor),
        acts=told(trail["items"]) if trail else None,
        next=(trail or {}).get("next_cursor"),
        cursor=cursor,
        form=next(iter(forms.values()), None),
        **{**empty, **forms},
    )


def _cursor() -> str:
    return request.args.get("cursor", "") if request.method == "GET" else ""


def _rates(vendor: dict[str, Any]) -> list[dict[str, Any]]:
    """The rates, each with whether it is yet to come or the one in force."""
    now, found, current = datetime.now(UTC), [], None
    for rate in vendor["commissions"]:
        begins = moment(rate["effective_from"])
        coming = begins is not None and begins > now
        in_force = not coming and current is None
        current = rate if in_force else current
        found.append({**rate, "coming": coming, "in_force": in_force})
    return found


def _with_reason(vendor_id: UUID, how: str, done: str) -> Any:
    form = Reason()
    if not form.validate_on_submit():
        return page(vendor_id, **{how: form}), 422
    _try(lambda: _send(vendor_id, how, {"reason": form.reason.data}), done)
    return redirect(f"{PATH}/{vendor_id}", 303)


def _simply(vendor_id: UUID, how: str, done: str) -> Any:
    _try(lambda: _send(vendor_id, how, {}), done)
    return redirect(f"{PATH}/{vendor_id}", 303)


def _try(send: Callable[[], None], done: str) -> None:
    try:
        send()
    except Refused as refused:
        if refused.status != 409:
            raise
        late = gettext("%(why)s Somebody was quicker, and nothing was changed by you.", why=refused.detail)
        flash(late, "warn")
    else:
        flash(done, "good")


def _send(vendor_id: UUID, how: str, body: dict[str, Any]) -> None:
    sessions.ask("vendor", "POST", f"{PATH}/{vendor_id}/{how}", json=body)
