"""Joining: an invitation is shown, an account is made or the invitation accepted, and what came of it is told."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, g, redirect, render_template, request, session

from gateway.web import languages, sessions
from gateway.web.client import Refused, ServiceDown
from gateway.web.forms import Registration, new_key, submit
from gateway.web.guards import signed_in
from gateway.web.languages import gettext
from gateway.web.pages.sign_in import with_password
from gateway.web.parts import part
from gateway.web.words import curly, verdict

pages = Blueprint("joining", __name__)
LONG_SECONDS = 20
FIRST_LOOKS = (0.0, 0.15, 0.3)
"""Pauses before each look of the first page after a registration, so that it mostly needs no second one."""


@pages.get("/register")
def show() -> Any:
    """Show whose invitation it is, with a form for those who are new and a button for those who are not."""
    token = request.args.get("token", "")[:200]
    if g.visit.signed_in:
        return _acceptance(token)
    return render_template("register.html", form=Registration(token=token), invitation=invitation(token))


@pages.post("/register")
def register() -> Any:
    """Make the account, sign in, and go to the page that tells what came of the invitation."""
    form = Registration()
    if submit(form, lambda: _register(form), also={"invite_token": "token"}):
        return redirect("/welcome", 303)
    form.key.data = new_key()
    shown = invitation(form.token.data or "")
    return render_template("register.html", form=form, invitation=shown, taken=g.status == 409), g.status


@pages.post("/register/accept")
@signed_in
def accept() -> Any:
    """Accept an invitation with the account one has."""
    token = request.form.get("token", "")[:200]
    try:
        answer = sessions.ask("vendor", "POST", f"/invites/{quote(token, safe='')}/accept")
    except Refused as refused:
        if refused.status != 409:
            raise
        flash(curly(refused.detail), "warn")
    else:
        flash(curly(answer["sentence"]), verdict(answer["outcome"]).tone)
    return redirect("/profile", 303)


@pages.get("/welcome")
@signed_in
def welcome() -> Any:
    """Greet who has just joined and tell what came of the invitation, by now or in a moment."""
    looks = FIRST_LOOKS if session.get("awaiting") else (0.0,)
    return render_template("welcome.html", **_awaited(looks))


@pages.get("/welcome/invitation")
@signed_in
def outcome() -> Any:
    """The part of the welcome page that is asked for again until the outcome is there."""
    return render_template("_invitation.html", **_awaited((0.0,)))


def invitation(token: str) -> dict[str, Any] | None:
    """Whose invitation it is and what is wrong with it; nothing without a token or while vendor is down."""
    if not token:
        return None
    preview: dict[str, Any] | None = part(
        gettext("whose invitation this is"),
        lambda: sessions.ask("vendor", "GET", f"/invites/{quote(token, safe='')}"),
        None,
    )
    return preview


def _acceptance(token: str) -> Any:
    if not token:
        return redirect("/profile", 303)
    return render_template("accept.html", token=token, invitation=invitation(token))


def _register(form: Registration) -> None:
    email, password, token = form.email.data or "", form.password.data or "", form.token.data or ""
    body = {"name": form.name.data, "email": email, "password": password, "locale": languages.current()}
    headers = {"Idempotency-Key": (form.key.data or "")[:64]}
    sessions.ask("identity", "POST", "/register", json={**body, **_given(token)}, headers=headers)
    with_password(email, password)
    session["name"] = form.name.data
    session.pop("awaiting", None)
    if token:
        session["awaiting"] = {"since": time.time()}


def _given(token: str) -> dict[str, str]:
    return {"invite_token": token} if token else {}


def _awaited(looks: tuple[float, ...]) -> dict[str, Any]:
    awaiting = session.get("awaiting")
    if awaiting is None:
        return {"awaiting": False}
    late = time.time() - awaiting["since"] > LONG_SECONDS
    return {"awaiting": True, "outcome": _first_found(looks), "late": late}


def _first_found(looks: tuple[float, ...]) -> dict[str, Any] | None:
    for pause in looks:
        time.sleep(pause)
        if found := _newest():
            return found
    return None


def _newest() -> dict[str, Any] | None:
    try:
        items = sessions.ask("vendor", "GET", "/vendor/invitations/mine")["items"]
    except (ServiceDown, Refused):
        return None
    return items[0] if items else None
