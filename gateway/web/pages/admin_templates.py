"""What people are told, for an admin to look at: every kind with sample data, as a mail and as it stands in the app."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from gateway.web import languages, sessions
from gateway.web.client import Refused
from gateway.web.guards import admins_only
from gateway.web.languages import gettext
from gateway.web.parts import part

pages = Blueprint("admin_templates", __name__)
PATH, API = "/admin/deliveries/templates", "/admin/notifications"
AUDIENCES = ("customer", "vendor", "admin")
MAIL_POLICY = "; ".join(
    ("default-src 'none'", "style-src 'unsafe-inline'", "base-uri 'none'", "frame-ancestors 'self'", "sandbox")
)
"""A mail is styled as mails are, inside of itself; so it is shown apart, where nothing runs and nothing is ours."""
DEAD_LINKS = '<head>\n<base target="_blank">'
"""What is sandboxed opens no window: a link in a sample leads nowhere, instead of to an order that never was."""


@pages.get(PATH)
@admins_only
def show() -> Any:
    """List all that people are told, by who hears it."""
    found = part(gettext("what people are told"), lambda: _listed(languages.current()), None)
    groups = [(each, [it for it in (found or {"items": ()})["items"] if it["audience"] == each]) for each in AUDIENCES]
    return render_template("admin/templates.html", groups=[it for it in groups if it[1]])


@pages.get(f"{PATH}/<kind>")
@admins_only
def one(kind: str) -> Any:
    """One of them in one language, and the way to the others."""
    language = request.args.get("language") or languages.current()
    found, shown = _listed(language), _preview(kind, language)
    kinds = [it["kind"] for it in found["items"]]
    at = kinds.index(kind)
    beside = {"before": kinds[at - 1] if at else None, "after": kinds[at + 1] if at + 1 < len(kinds) else None}
    traits = found["items"][at]
    return render_template("admin/template.html", it=shown, traits=traits, tongues=found["languages"], **beside)


@pages.get(f"{PATH}/<kind>/mail")
@admins_only
def mail(kind: str) -> Response:
    """The mail's HTML by itself, for a frame of ours: no script, no form, no picture of elsewhere."""
    html = _preview(kind, request.args.get("language") or languages.current())["html"]
    return Response(html.replace("<head>", DEAD_LINKS, 1), headers={"Content-Security-Policy": MAIL_POLICY})


def _listed(language: str) -> dict[str, Any]:
    found: dict[str, Any] = _asked("templates", language=language)
    return found


def _preview(kind: str, language: str) -> dict[str, Any]:
    found: dict[str, Any] = _asked("preview", kind=kind, language=language)
    return found


def _asked(what: str, **params: str) -> Any:
    """Ask notifications; a kind or a language that there is not is a page that there is not."""
    try:
        return sessions.ask("notifications", "GET", f"{API}/{what}", params=params)
    except Refused as refused:
        if refused.status == 422:
            abort(404)
        raise
