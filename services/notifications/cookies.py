"""The pages' cookie as a bearer token, for the stream alone: a browser's EventSource sends no header of its own."""

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH, COOKIE = "/notifications/stream", "access_token"
OWN = frozenset({"same-origin", "none", ""})
"""What a browser says of requests that no other site has made, or an old one does not say."""


class CookieBearer:
    """WSGI: gives a request for the stream the token in its cookie, if it has no other and comes from our own pages."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass the request on."""
        if environ.get("PATH_INFO") == PATH and "HTTP_AUTHORIZATION" not in environ and _is_own(environ):
            token = _token(environ.get("HTTP_COOKIE", ""))
            if token:
                environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return self._app(environ, start_response)


def _is_own(environ: "WSGIEnvironment") -> bool:
    return environ.get("HTTP_SEC_FETCH_SITE", "") in OWN


def _token(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
