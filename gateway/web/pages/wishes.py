"""What somebody wishes to be told, and how; and the page that a link in a mail leads to, which needs no sign-in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from gateway.web import failures, sessions
from gateway.web.client import Refused
from gateway.web.guards import signed_in
from gateway.web.languages import gettext
from gateway.web.languages import lazy_gettext as _

pages = Blueprint("wishes", __name__)
PATH = "/notifications/preferences"
UNSUBSCRIBE = "/notifications/unsubscribe"
LINK_INVALID = failures.Words(
    _("This link is not valid"),
    _("It may have lost a letter on its way. Signed in, you can choose what you are told."),
)


@pages.get(PATH)
@signed_in
def show() -> Any:
    """Every kind by every channel, in the parts that somebody plays."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for it in _wishes():
        groups.setdefault(it["audience"], []).append(it)
    return render_template("notices/preferences.html", groups=groups.items())


@pages.post(PATH)
@signed_in
def save() -> Any:
    """Switch on what is ticked and off what is not, of what the form offered; only what differs is sent."""
    ticked, offered = set(request.form.getlist("on")), set(request.form.getlist("offered"))
    changed = [
        {"kind": it["kind"], "channel": way["channel"], "enabled": not way["enabled"]}
        for it in _wishes()
        for way in it["channels"]
        if not way["locked"]
        and (name := f"{it['kind']}:{way['channel']}") in offered
        and way["enabled"] != (name in ticked)
    ]
    if changed:
        sessions.ask("notifications", "PUT", PATH, json={"items": changed})
    flash(gettext("Your choice is saved."), "good")
    return redirect(PATH, 303)


@pages.get("/unsubscribe")
def short() -> Any:
    """The same page by its short name."""
    return redirect(f"{UNSUBSCRIBE}?{request.query_string.decode()}", 301)


@pages.get(UNSUBSCRIBE)
def ask() -> Any:
    """Say what the link would switch off; looking changes nothing."""
    return _unsubscribing("GET")


@pages.post(UNSUBSCRIBE)
def switch_off() -> Any:
    """Switch it off, and say so."""
    return _unsubscribing("POST")


def _unsubscribing(method: str) -> Any:
    asked = {"token": request.values.get("token", "")[:200]}
    try:
        found = sessions.ask("notifications", method, UNSUBSCRIBE, params=asked)
    except Refused as refused:
        if refused.status not in {404, 422}:
            raise
        return failures.page(404, LINK_INVALID)
    return render_template("notices/unsubscribe.html", found=found, token=asked["token"], done=method == "POST")


def _wishes() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = sessions.ask("notifications", "GET", PATH)["items"]
    return items
