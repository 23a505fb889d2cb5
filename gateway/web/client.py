"""Asks the JSON services over HTTP, and turns what they refuse into one exception and their absence into another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

CONNECT_SECONDS = 1.0
IDLE_SECONDS = 60.0
"""Kept connections are given up before the services, which keep them for 75 seconds, close them under a request."""


class ServiceDown(Exception):
    """A service did not answer, or failed; the same request may succeed in a moment."""

    def __init__(self, service: str) -> None:
        super().__init__(f"{service} is not answering")
        self.service = service


class Refused(Exception):
    """A service said no with a problem document (RFC 9457); `fields` maps the inputs at fault to a sentence.

    `facts` is the whole document, for the members that a problem has of its own.
    """

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: int = 0) -> None:
        self.status = status
        self.kind = str(document.get("type", "")).rpartition("/")[2]
        self.title = str(document.get("title") or "This was refused")
        self.detail = str(document.get("detail") or self.title)
        self.facts = dict(document)
        self.fields = {str(it["field"]): str(it["message"]) for it in document.get("errors") or ()}
        self.retry_after = retry_after
        super().__init__(f"{status} {self.kind}")


@dataclass(frozen=True)
class Answer:
    """What a service said, and the cookies it set."""

    body: Any
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)


class Service:
    """One service behind a pool of connections.

    It stands on httpx's transport, below its client: a client keeps the cookies it is given and would send one
    person's with another's request.
    """

    def __init__(self, name: str, url: str, timeout: float, transport: httpx.BaseTransport | None = None) -> None:
        self.name = name
        self._url = url.rstrip("/")
        self._timeout = httpx.Timeout(timeout, connect=CONNECT_SECONDS).as_dict()
        self._transport = transport or httpx.HTTPTransport(retries=1, limits=_limits(), trust_env=False)

    def ask(self, method: str, path: str, *, headers: Mapping[str, str], **more: Any) -> Answer:
        """Send one request; raise Refused for a 4xx and ServiceDown for no answer, a late one or a 5xx."""
        given = {"User-Agent": "market-web", "Accept": "application/json", **headers}
        request = httpx.Request(method, self._url + path, headers=given, extensions={"timeout": self._timeout}, **more)
        answer = self._send(request)
        if answer.status_code >= 500:
            raise ServiceDown(self.name)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, _json(answer) or {}, _seconds(answer.headers.get("Retry-After")))
        return Answer(_json(answer), answer.cookies)

    def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = self._transport.handle_request(request)
            answer.request = request
            answer.read()
        except httpx.HTTPError as error:
            raise ServiceDown(self.name) from error
        return answer

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()


def _limits() -> httpx.Limits:
    return httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=IDLE_SECONDS)


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _seconds(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
