"""Who is asking: the two cookies of a sign-in, renewed in time, and requests to services made in that name."""

from __future__ import annotations

import base64
import binascii
import json
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Response, current_app, g, request

from gateway.web.client import Answer, Download, Refused, Service, ServiceDown
from shared.events import trace

ACCESS, REFRESH = "access_token", "refresh_token"
RENEW_BEFORE_SECONDS = 20
STALE = frozenset({"unauthenticated", "token-expired"})


@dataclass
class Visit:
    """One request's person, as their access token says.

    The token is read, not verified: it only chooses what a page offers. Whoever forges one sees an empty page, since
    the services verify it with every request.
    """

    access: str | None
    refresh: str | None
    changed: bool = False
    unknown: bool = False
    cookie_seconds: dict[str, int] = field(default_factory=dict)

    @property
    def claims(self) -> dict[str, Any]:
        """The token's claims while it is in date, else nothing."""
        claims = _claims(self.access)
        return claims if float(claims.get("exp", 0)) > time.time() + RENEW_BEFORE_SECONDS else {}

    @property
    def role(self) -> str | None:
        """The role of who is signed in."""
        return self.claims.get("role")

    @property
    def signed_in(self) -> bool:
        """Say whether somebody is."""
        return bool(self.claims)


def begin() -> None:
    """Read the cookies of this request; an access token that ran out is renewed before anything is asked with it."""
    g.visit = Visit(request.cookies.get(ACCESS), request.cookies.get(REFRESH))
    if g.visit.refresh and not g.visit.signed_in:
        renew()


def renew() -> None:
    """Exchange the refresh token for a new pair; a refused one signs out, an absent identity leaves all as it is."""
    try:
        sign_in(_service("identity").ask("POST", "/token/refresh", headers={**common_headers(), **refresh_cookie()}))
    except Refused:
        sign_out()
    except ServiceDown:
        g.visit.unknown = True


def catch_up() -> None:
    """Get a token that knows what somebody has become since the last one, once in a request."""
    if g.visit.refresh and not g.visit.changed:
        renew()


def sign_in(answer: Answer) -> None:
    """Take over the tokens of a login or renewal; the cookies are set when the request ends."""
    visit = g.visit
    visit.access, visit.changed, visit.unknown = answer.body["access_token"], True, False
    visit.cookie_seconds[ACCESS] = int(answer.body["expires_in"])
    for cookie in answer.cookies.jar:
        if cookie.name == REFRESH:
            visit.refresh = cookie.value
            visit.cookie_seconds[REFRESH] = int((cookie.expires or time.time() + 86_400) - time.time())


def sign_out() -> None:
    """Forget both tokens; the cookies are deleted when the request ends."""
    g.visit.access = g.visit.refresh = None
    g.visit.changed = True


def finish(response: Response) -> Response:
    """Put what changed into cookies that scripts cannot read."""
    visit: Visit | None = g.get("visit")
    if visit is None or not visit.changed:
        return response
    kept = {"httponly": True, "samesite": "Lax", "secure": current_app.config["SESSION_COOKIE_SECURE"], "path": "/"}
    for name, value in ((ACCESS, visit.access), (REFRESH, visit.refresh)):
        if value is None:
            response.delete_cookie(name, path="/")
        elif name in visit.cookie_seconds:
            response.set_cookie(name, value, max_age=visit.cookie_seconds[name], **kept)
    return response


def ask(service: str, method: str, path: str, **more: Any) -> Any:
    """Ask a service in the visitor's name and return the body; a token refused as old is renewed once."""
    return ask_fully(service, method, path, **more).body


def ask_fully(service: str, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> Answer:
    """Ask as `ask` does, and return the cookies too."""
    try:
        return _service(service).ask(method, path, headers={**own_headers(), **(headers or {})}, **more)
    except Refused as refused:
        if refused.kind not in STALE or not g.visit.signed_in or g.visit.changed or not g.visit.refresh:
            raise
    renew()
    return _service(service).ask(method, path, headers={**own_headers(), **(headers or {})}, **more)


def download(service: str, path: str, **more: Any) -> Download:
    """Ask a service for a file in the visitor's name."""
    return _service(service).download(path, headers=own_headers(), **more)


def refresh_cookie() -> dict[str, str]:
    """The header that shows identity which sign-in this device belongs to."""
    return {"Cookie": f"{REFRESH}={g.visit.refresh}"} if g.visit.refresh else {}


def common_headers() -> dict[str, str]:
    """What every request to a service carries: whose work it belongs to and where it came from."""
    headers = {"X-Request-Id": trace.current().correlation_id, "X-Forwarded-For": request.remote_addr or ""}
    if traceparent := trace.current().traceparent:
        headers["traceparent"] = traceparent
    return headers


def own_headers() -> dict[str, str]:
    """What a request to a service in the visitor's name carries."""
    mine = {"Authorization": f"Bearer {g.visit.access}"} if g.visit.signed_in else {}
    return {**common_headers(), **mine}


def _service(name: str) -> Service:
    return current_app.extensions["services"][name]  # type: ignore[no-any-return]


def _claims(token: str | None) -> dict[str, Any]:
    try:
        body = (token or "").split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}
