"""Signing in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session

from gateway.web import basket, sessions
from gateway.web.client import Refused, ServiceDown
from gateway.web.forms import SignIn, submit
from gateway.web.guards import safe_next
from gateway.web.languages import gettext

pages = Blueprint("sign_in", __name__)
HOMES = {"vendor": "/vendor/dashboard", "admin": "/admin/vendors/applications"}


@pages.get("/login")
def show() -> Any:
    """Ask who somebody is, unless that is known."""
    if g.visit.signed_in:
        return redirect(after_sign_in(), 303)
    return render_template("login.html", form=SignIn(), next=request.args.get("next", ""))


@pages.post("/login")
def sign_in() -> Any:
    """Sign in and go on to where somebody was going."""
    form = SignIn()
    if submit(form, lambda: with_password(form.email.data or "", form.password.data or "")):
        return redirect(after_sign_in(), 303)
    return render_template("login.html", form=form, next=request.values.get("next", "")), g.status


@pages.post("/logout")
def sign_out() -> Any:
    """End the sign-in here and, if identity answers, everywhere it is known."""
    try:
        sessions.ask("identity", "POST", "/logout", headers=sessions.refresh_cookie())
    except (Refused, ServiceDown):
        flash(gettext("You are signed out on this device."), "good")
    else:
        flash(gettext("You are signed out. See you soon."), "good")
    sessions.sign_out()
    session.pop("name", None)
    session.pop("awaiting", None)
    basket.forget()
    return redirect("/", 303)


def with_password(email: str, password: str) -> None:
    """Sign in, and remember what to call them."""
    body = {"email": email, "password": password}
    sessions.sign_in(sessions.ask_fully("identity", "POST", "/login", json=body))
    try:
        session["name"] = sessions.ask("identity", "GET", "/me")["name"]
    except (Refused, ServiceDown):
        session.pop("name", None)
    basket.merge()


def after_sign_in() -> str:
    """Where to go: on, or to one's own page."""
    return safe_next(request.values.get("next"), HOMES.get(g.visit.role, "/profile"))
