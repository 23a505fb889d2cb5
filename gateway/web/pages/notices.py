"""What somebody was told: the list, one by one or all marked as read, and what pages ask while they are open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request

from gateway.web import sessions
from gateway.web.guards import safe_next, signed_in
from gateway.web.languages import gettext
from gateway.web.parts import part

pages = Blueprint("notices", __name__)
PATH = "/notifications"
NEWEST = 10
"""How far back a page looks for what it was just told of."""


@pages.get(PATH)
@signed_in
def show() -> Any:
    """One page of the list, newest first; `?show=unread` leaves out what was read."""
    cursor, unread_only = request.args.get("cursor", ""), request.args.get("show") == "unread"
    asked = {"limit": "20", **({"cursor": cursor} if cursor else {}), **({"unread": "true"} if unread_only else {})}
    found = part(gettext("your notifications"), lambda: sessions.ask("notifications", "GET", PATH, params=asked), None)
    return render_template("notices/page.html", found=found, cursor=cursor, unread_only=unread_only)


@pages.get(f"{PATH}/unread")
@signed_in
def count() -> Any:
    """How many are unread, for a page that has no stream; asking keeps the sign-in fresh."""
    return jsonify(sessions.ask("notifications", "GET", f"{PATH}/unread"))


@pages.get(f"{PATH}/<uuid:notice_id>/toast")
@signed_in
def toast(notice_id: UUID) -> Any:
    """What the page that is open shows of news; nothing (204) once it was read, or by far not the newest."""
    asked = {"limit": str(NEWEST), "unread": "true"}
    items = sessions.ask("notifications", "GET", PATH, params=asked)["items"]
    found = next((it for it in items if it["id"] == str(notice_id)), None)
    return render_template("notices/_toast.html", it=found) if found else ("", 204)


@pages.get(f"{PATH}/<uuid:notice_id>/open")
@signed_in
def follow(notice_id: UUID) -> Any:
    """Go where a notification leads; it is read then."""
    return redirect(safe_next(_read(notice_id)["link"], PATH), 303)


@pages.post(f"{PATH}/<uuid:notice_id>/read")
@signed_in
def read(notice_id: UUID) -> Any:
    """Mark one as read, and stay."""
    _read(notice_id)
    return _back()


@pages.post(f"{PATH}/read")
@signed_in
def read_all() -> Any:
    """Mark as read what the page showed, and all that is older; what came since stays unread."""
    through = request.form.get("through", "")
    try:
        body = {"through": str(UUID(through))}
    except ValueError:
        abort(400)
    sessions.ask("notifications", "POST", f"{PATH}/read", json=body)
    flash(gettext("Everything is marked as read."), "good")
    return _back()


def _read(notice_id: UUID) -> dict[str, Any]:
    notice: dict[str, Any] = sessions.ask("notifications", "POST", f"{PATH}/{notice_id}/read")
    return notice


def _back() -> Any:
    return redirect(safe_next(request.form.get("next"), PATH), 303)
