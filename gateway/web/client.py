"""Asks the JSON services over HTTP, and turns what they refuse into one exception and their absence into another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from gateway.web.languages import gettext
from gateway.web.said import said

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

    What it says is in the language of the request.

    `facts` is the whole document, for the members that a problem has of its own.
    """

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: int = 0) -> None:
        self.status = status
        self.kind = str(document.get("type", "")).rpartition("/")[2]
        self.title = said(document.get("title")) or gettext("This was refused")
        self.detail = said(document.get("detail")) or self.title
        self.facts = dict(document)
        self.fields = {str(it["field"]): said(it["message"]) for it in document.get("errors") or ()}
        self.retry_after = retry_after
        super().__init__(f"{status} {self.kind}")


@dataclass(frozen=True)
class Answer:
    """What a service said, and the cookies it set."""

    body: Any
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)


@dataclass(frozen=True)
class Download:
    """A file on its way from a service: what it is, its pieces, and how to give it up."""

    headers: Mapping[str, str]
    pieces: Iterator[bytes]
    close: Callable[[], None]


class Service:
    """One service behind a pool of connections.

    It stands on httpx's transport, below its client: a client keeps the cookies it is given and would send one
    person's with another's request.
    """

    def __init__(self, name: str, url: str, timeout: float, transport: httpx.BaseTransport | None = None) -> None:
        self.name = name
        self._url = url.rstrip("/")
        self._timeout = httpx.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)).as_dict()
        self._transport = transport or httpx.HTTPTransport(retries=1, limits=_limits(), trust_env=False)

    def ask(self, method: str, path: str, *, headers: Mapping[str, str], **more: Any) -> Answer:
        """Send one request; raise Refused for a 4xx and ServiceDown for no answer, a late one or a 5xx."""
        answer = self._begin(method, path, headers, **more)
        self._read(answer)
        self._check(answer)
        return Answer(_json(answer), answer.cookies)

    def download(self, path: str, *, headers: Mapping[str, str], **more: Any) -> Download:
        """Ask for a file of any size; what `ask` raises for is raised before its first piece."""
        answer = self._begin("GET", path, headers, **more)
        if answer.status_code >= 400:
            self._read(answer)
        self._check(answer)
        return Download(answer.headers, answer.iter_bytes(), answer.close)

    def _check(self, answer: httpx.Response) -> None:
        if answer.status_code >= 500:
            raise ServiceDown(self.name)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, _json(answer) or {}, _seconds(answer.headers.get("Retry-After")))

    def _begin(self, method: str, path: str, headers: Mapping[str, str], **more: Any) -> httpx.Response:
        given = {"User-Agent": "market-web", "Accept": "application/json", **headers}
        request = httpx.Request(method, self._url + path, headers=given, extensions={"timeout": self._timeout}, **more)
        try:
            answer = self._transport.handle_request(request)
        except httpx.HTTPError as error:
            raise ServiceDown(self.name) from error
        answer.request = request
        return answer

    def _read(self, answer: httpx.Response) -> None:
        try:
            answer.read()
        except httpx.HTTPError as error:
            raise ServiceDown(self.name) from error

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
