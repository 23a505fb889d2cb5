"""What a page says when it cannot be shown: what happened, whether anything was lost, and where to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import structlog
from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from gateway.web import guards
from gateway.web.client import Refused, ServiceDown
from gateway.web.formats import weight
from gateway.web.guards import safe_next
from gateway.web.languages import gettext
from gateway.web.languages import lazy_gettext as _
from shared.events import trace

log = structlog.get_logger("gateway.web")


@dataclass(frozen=True)
class Words:
    """A failure in words."""

    title: str
    advice: str


WORDS = {
    400: Words(
        _("We could not read that"), _("Your browser sent something unexpected. Going back and trying again helps.")
    ),
    403: Words(_("This is not yours to open"), _("You are signed in, but this belongs to somebody with another role.")),
    404: Words(
        _("There is nothing here"), _("The page may have moved, or the link may have lost a letter on its way.")
    ),
    405: Words(
        _("Not like this"), _("This address is not meant to be opened directly. Start again from the home page.")
    ),
    409: Words(_("That has changed meanwhile"), _("Somebody, or another window of yours, was quicker.")),
    412: Words(_("That has changed meanwhile"), _("Somebody, or another window of yours, was quicker.")),
    413: Words(_("That is too much"), _("What you sent is larger than this page takes.")),
    422: Words(_("Something in it is not right"), _("Go back, look at it again, and send it once more.")),
    429: Words(_("A little slower, please"), _("That was faster than we can follow. Wait a moment and try again.")),
    500: Words(
        _("Something broke on our side"), _("It is not your fault, and it has been noted. Trying again may help.")
    ),
    503: Words(_("A short break"), _("A part of the market that this page needs is not answering. Nothing is lost.")),
}
VENDORS_ONLY = Words(
    _("This page is for vendors"), _("Your account has no shop. You can apply for one in your profile.")
)
ADMINS_ONLY = Words(_("This page is for admins"), _("Your own pages are all in your profile."))
SUSPENDED = Words(
    _("Your shop is suspended"), _("You can read everything; changes wait until an admin opens it again.")
)
NO_PRODUCT = Words(
    _("There is no such product"),
    _("It may be gone, or for a shop’s own customers alone: open their invitation link to be one."),
)
NO_STORE = Words(_("There is no such shop"), _("It may have closed, or it is not open at present."))
NO_ORDER = Words(
    _("There is no such order"), _("It may belong to another account: sign in with the one that placed it.")
)
NOT_YOURS = Words(_("This order is another shop’s"), _("You see the parts that your own shop fulfils."))
KINDS = {
    "unknown-product": NO_PRODUCT,
    "unknown-store": NO_STORE,
    "vendor-suspended": SUSPENDED,
    "unknown-order": NO_ORDER,
    "unknown-vendor-order": NO_ORDER,
    "not-your-vendor-order": NOT_YOURS,
}
FORGED = Words(
    _("This form is no longer valid"), _("It was open for too long or came from elsewhere. Please send it again.")
)
PARTS = {
    "identity": _("signing in and accounts"),
    "vendor": _("shops, invitations and customer lists"),
    "catalog": _("products, categories and stock"),
    "ordering": _("carts and orders"),
    "notifications": _("notifications"),
}


def register(app: Flask) -> None:
    """Answer every failure with a page."""
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(CSRFError, lambda _error: page(400, FORGED))
    app.register_error_handler(Refused, _on_refused)
    app.register_error_handler(ServiceDown, _on_service_down)
    app.register_error_handler(Exception, _on_anything)


def page(status: int, words: Words | None = None, **more: Any) -> tuple[str, int, dict[str, str]]:
    """Render the page of a failure; `wait` is the seconds after which another attempt can succeed."""
    g.vendors_page = False
    said = words or WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    known = {"status": status, "words": said, "back": _back(), "reference": trace.current().correlation_id}
    headers = {"Retry-After": str(more["wait"])} if more.get("wait") else {}
    return render_template("failure.html", **{"detail": "", "part": "", "wait": 0, **known, **more}), status, headers


def _back() -> str:
    """The page of ours that a form was sent from; nothing for a page that was only opened."""
    came = urlsplit(request.referrer or "")
    ours = request.method != "GET" and came.netloc == request.host
    return safe_next(urlunsplit(("", "", came.path, came.query, "")), "") if ours else ""


def _on_http(error: HTTPException) -> Any:
    status = error.code or 500
    text, status, headers = page(status, _whose_page() if status == 403 else None, detail=_how_large(status))
    allowed = dict(error.get_headers()).get("Allow")
    return text, status, {**headers, **({"Allow": allowed} if allowed else {})}


def _how_large(status: int) -> str:
    """What a page would have taken, for somebody who sent more."""
    most = request.max_content_length if status == 413 else None
    return gettext("It takes up to %(size)s at once.", size=weight(most)) if most else ""


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
    detail = refused.detail if refused.status in {409, 412, 422} else ""
    return page(refused.status, wait=refused.retry_after or (60 if refused.status == 429 else 0), detail=detail)


def _on_service_down(down: ServiceDown) -> Any:
    log.warning("service_down", needed=down.service)
    return page(503, part=PARTS.get(down.service, down.service), wait=5)


def _on_anything(_error: Exception) -> Any:
    log.exception("unhandled")
    g.pop("missing", None)
    return page(500)
