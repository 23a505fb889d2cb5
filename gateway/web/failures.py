"""What a page says when it cannot be shown: what happened, whether anything was lost, and where to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from gateway.web import guards
from gateway.web.client import Refused, ServiceDown
from shared.events import trace

log = structlog.get_logger("gateway.web")


@dataclass(frozen=True)
class Words:
    """A failure in words."""

    title: str
    advice: str


WORDS = {
    400: Words("We could not read that", "Your browser sent something unexpected. Going back and trying again helps."),
    403: Words("This is not yours to open", "You are signed in, but this belongs to somebody with another role."),
    404: Words("There is nothing here", "The page may have moved, or the link may have lost a letter on its way."),
    405: Words("Not like this", "This address is not meant to be opened directly. Start again from the home page."),
    409: Words("That has changed meanwhile", "Somebody, or another window of yours, was quicker."),
    413: Words("That is too much", "What you sent is larger than this page takes."),
    429: Words("A little slower, please", "That was faster than we can follow. Wait a moment and try again."),
    500: Words("Something broke on our side", "It is not your fault, and it has been noted. Trying again may help."),
    503: Words("A short break", "A part of the market that this page needs is not answering. Nothing is lost."),
}
VENDORS_ONLY = Words("This page is for vendors", "Your account has no shop. You can apply for one in your profile.")
ADMINS_ONLY = Words("This page is for admins", "Your own pages are all in your profile.")
SUSPENDED = Words("Your shop is suspended", "You can read everything; changes wait until an admin opens it again.")
NO_STORE = Words("There is no such shop", "It may have closed, or it is not open at present.")
NO_ORDER = Words("There is no such order", "It may belong to another account: sign in with the one that placed it.")
NOT_YOURS = Words("This order is another shop’s", "You see the parts that your own shop fulfils.")
KINDS = {
    "unknown-store": NO_STORE,
    "vendor-suspended": SUSPENDED,
    "unknown-order": NO_ORDER,
    "unknown-vendor-order": NO_ORDER,
    "not-your-vendor-order": NOT_YOURS,
}
FORGED = Words("This form is no longer valid", "It was open for too long or came from elsewhere. Please send it again.")
PARTS = {
    "identity": "signing in and accounts",
    "vendor": "shops, invitations and customer lists",
    "catalog": "products, categories and stock",
    "ordering": "carts and orders",
    "notifications": "notifications",
}


def register(app: Flask) -> None:
    """Answer every failure with a page."""
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(CSRFError, lambda _error: page(400, FORGED))
    app.register_error_handler(Refused, _on_refused)
    app.register_error_handler(ServiceDown, _on_service_down)
    app.register_error_handler(Exception, _on_anything)


def page(status: int, words: Words | None = None, **more: Any) -> tuple[str, int, dict[str, str]]:
    """Render the page of a failure."""
    g.vendors_page = False
    said = words or WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    text = render_template("failure.html", status=status, words=said, reference=trace.current().correlation_id, **more)
    return text, status, {}


def _on_http(error: HTTPException) -> Any:
    status = error.code or 500
    text, status, headers = page(status, _whose_page() if status == 403 else None)
    allowed = dict(error.get_headers()).get("Allow")
    return text, status, {**headers, **({"Allow": allowed} if allowed else {})}


def _whose_page() -> Words | None:
    places = {"/vendor/": VENDORS_ONLY, "/admin/": ADMINS_ONLY}
    return next((words for start, words in places.items() if request.path.startswith(start)), None)


def _on_refused(refused: Refused) -> Any:
    if refused.status == 401:
        return guards.to_sign_in()
    if refused.kind == "no-vendor":
        return page(403, VENDORS_ONLY)
    if refused.kind in KINDS:
        return page(refused.status, KINDS[refused.kind])
    detail: dict[str, Any] = {"detail": refused.detail} if refused.status == 409 else {}
    text, status, headers = page(refused.status, wait=refused.retry_after, **detail)
    return text, status, {**headers, **({"Retry-After": str(refused.retry_after)} if refused.retry_after else {})}


def _on_service_down(down: ServiceDown) -> Any:
    log.warning("service_down", needed=down.service)
    text, status, headers = page(503, part=PARTS.get(down.service, down.service))
    return text, status, {**headers, "Retry-After": "5"}


def _on_anything(_error: Exception) -> Any:
    log.exception("unhandled")
    g.pop("missing", None)
    return page(500)
