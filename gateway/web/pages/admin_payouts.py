"""Payouts: every vendor is paid what they are owed, and what was paid stays on record."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from gateway.web import sessions
from gateway.web.client import Refused
from gateway.web.forms import new_key
from gateway.web.guards import admins_only
from gateway.web.languages import gettext, ngettext
from gateway.web.parts import part

pages = Blueprint("admin_payouts", __name__)
PATH = "/admin/payouts"


@pages.get(PATH)
@admins_only
def show() -> Any:
    """What was paid to whom, the newest first, and one press that pays what is owed."""
    cursor = request.args.get("cursor", "")
    params = {"limit": "30", **({"cursor": cursor} if cursor else {})}
    found = part(gettext("the payouts"), lambda: sessions.ask("ordering", "GET", PATH, params=params), None)
    return render_template("admin/payouts.html", found=found, cursor=cursor, key=new_key())


@pages.post(PATH)
@admins_only
def pay() -> Any:
    """Pay everything that is owed, once however often it is sent."""
    headers = {"Idempotency-Key": request.form.get("key", "")[:64] or new_key()}
    try:
        paid = sessions.ask("ordering", "POST", PATH, json={}, headers=headers)["items"]
    except Refused as refused:
        if refused.status in {401, 403}:
            raise
        none = refused.kind == "nothing-to-pay"
        flash(gettext("Nobody is owed anything at present.") if none else refused.detail, "warn")
    else:
        done = ngettext("%(num)s payout is on record.", "%(num)s payouts are on record.", len(paid))
        flash(done, "good")
    return redirect(PATH, 303)
