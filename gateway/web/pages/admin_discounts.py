"""Discount codes of the marketplace: offered, used, and withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request

from gateway.web import sessions
from gateway.web.formats import moment
from gateway.web.forms import submit
from gateway.web.guards import admins_only
from gateway.web.languages import gettext, lazy_gettext
from gateway.web.order_forms import NewDiscount
from gateway.web.parts import part
from gateway.web.words import Verdict

pages = Blueprint("admin_discounts", __name__)
PATH = "/admin/discounts"
BLAMED = {"percentage_bps": "worth", "amount": "worth", "valid_until": "until"}
OFFERED, ENDED = Verdict(lazy_gettext("Offered"), "good"), Verdict(lazy_gettext("Withdrawn"), "")
EXPIRED, USED_UP = Verdict(lazy_gettext("Expired"), "warn"), Verdict(lazy_gettext("Used up"), "warn")


@pages.get(PATH)
@admins_only
def show() -> Any:
    """The codes, the newest first, and a form for one more."""
    return _page(NewDiscount(formdata=None))


@pages.post(PATH)
@admins_only
def offer() -> Any:
    """Offer one more code."""
    form = NewDiscount()
    if submit(form, lambda: sessions.ask("ordering", "POST", PATH, json=form.body()), also=BLAMED):
        code = (form.code.data or "").strip().upper()
        flash(gettext("%(code)s is offered from now on.", code=code), "good")
        return redirect(PATH, 303)
    return _page(form), g.status


@pages.post(f"{PATH}/<uuid:discount_id>/disable")
@admins_only
def disable(discount_id: UUID) -> Any:
    """Offer a code no longer; orders that used it keep it."""
    sessions.ask("ordering", "POST", f"{PATH}/{discount_id}/disable", json={})
    flash(gettext("The code is withdrawn. Orders that used it keep it."), "good")
    return redirect(PATH, 303)


def _page(form: NewDiscount) -> str:
    cursor = request.args.get("cursor", "")
    params = {"limit": "20", **({"cursor": cursor} if cursor else {})}
    found = part(gettext("the codes"), lambda: sessions.ask("ordering", "GET", PATH, params=params), None)
    codes = [{**it, "standing": _standing(it)} for it in found["items"]] if found else []
    return render_template("admin/discounts.html", form=form, found=found, codes=codes, cursor=cursor)


def _standing(it: dict[str, Any]) -> Verdict:
    if it["disabled_at"]:
        return ENDED
    until = moment(it["valid_until"])
    if until and until <= datetime.now(UTC):
        return EXPIRED
    return USED_UP if it["max_uses"] is not None and it["uses"] >= it["max_uses"] else OFFERED
