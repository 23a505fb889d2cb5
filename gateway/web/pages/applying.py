"""Applying for a shop: the form, and taking an application back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template

from gateway.web import sessions, shop
from gateway.web.business_forms import BLAMED, Application
from gateway.web.client import Refused
from gateway.web.forms import submit
from gateway.web.guards import signed_in
from gateway.web.languages import gettext
from gateway.web.parts import part

pages = Blueprint("applying", __name__)
CARD = "/profile#business"


@pages.get("/vendor/apply")
@signed_in
def show() -> Any:
    """A form with what was said the last time; whoever waits for a decision or has a shop needs none."""
    if g.visit.role == "admin":
        flash(gettext("Admins run the marketplace; they do not sell on it."), "")
        return redirect("/profile", 303)
    newest = shop.application()
    if shop.state(shop.acting(), newest) not in {"none", "rejected"}:
        return redirect(CARD, 303)
    return page(Application.filled(newest), newest)


@pages.post("/vendor/apply")
@signed_in
def send() -> Any:
    """Send the application, and go on to its documents."""
    form = Application()
    if submit(form, lambda: sessions.ask("vendor", "POST", "/vendor/apply", json=form.body()), also=BLAMED):
        flash(gettext("Your application is in. You can add documents that prove who you are."), "good")
        return redirect("/vendor/documents", 303)
    return page(form, part(gettext("your last application"), shop.application, None)), g.status


@pages.post("/vendor/apply/withdraw")
@signed_in
def withdraw() -> Any:
    """Take the application back."""
    try:
        sessions.ask("vendor", "POST", "/vendor/application/withdraw")
    except Refused as refused:
        if refused.status != 409:
            raise
        flash(gettext("There was nothing to withdraw any more: your application is decided."), "warn")
    else:
        flash(gettext("Your application is withdrawn. You can apply again whenever you like."), "good")
    return redirect(CARD, 303)


def page(form: Application, newest: dict[str, Any] | None) -> str:
    """Render the form; after a rejection the reason is above it."""
    me = part(gettext("your account"), lambda: sessions.ask("identity", "GET", "/me"), None)
    return render_template("apply.html", form=form, newest=newest, me=me)
