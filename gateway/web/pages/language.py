"""The switch at the end of every page: the language that somebody wants to read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, request

from gateway.web import languages, sessions
from gateway.web.client import Refused, ServiceDown
from gateway.web.guards import safe_next

pages = Blueprint("language", __name__)
OUR_OWN = frozenset({"same-origin", "none", ""})


@pages.post("/language")
def choose() -> Any:
    """Keep the choice on this device and, for whoever is signed in, with their account; go back to the page.

    The form carries no token, so that looking at a page needs no session: it is taken from our own pages alone
    (Sec-Fetch-Site), and the worst that another's could do is to change a language.
    """
    wanted = request.form.get("language", "")
    if wanted not in languages.LANGUAGES or request.headers.get("Sec-Fetch-Site", "") not in OUR_OWN:
        abort(400)
    if g.visit.signed_in:
        _tell_identity(wanted)
    return languages.keep(redirect(safe_next(request.form.get("back"), "/"), 303), wanted)  # type: ignore[arg-type]


def _tell_identity(wanted: str) -> None:
    """While identity does not answer, the choice stands on this device all the same."""
    try:
        sessions.ask("identity", "PATCH", "/me", json={"locale": wanted})
    except (Refused, ServiceDown):
        return
