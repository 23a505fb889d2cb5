"""Asks services on their internal ports, and tells apart what is not there from who does not answer."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from shared.events import trace
from shared.kit.settings import Settings

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 20.0


@cache
def _trusted(scheme: str) -> ssl.SSLContext:
    """Whom to trust, once for all clients of a process; the certificates of the world take megabytes and 20 ms."""
    from httpx import create_ssl_context

    return create_ssl_context() if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class CannotAsk(Exception):
    """A service did not answer, or would not; the sentence says which and why."""

    def __init__(self, service: str, why: str) -> None:
        super().__init__(f"{service} cannot be asked: {why}")
        self.service = service


class NotThere(LookupError):
    """The service answered that there is no such thing."""


class Refused(ValueError):
    """The service understood and refused; the sentence is its own."""


class InternalClient:
    """One service's internal port."""

    def __init__(self, service: str, url: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        self.service, self._url, self._transport = service, url, transport
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **params: Any) -> Any:
        """Ask. Raises `CannotAsk`, `NotThere` or `Refused`."""
        given = {name: value for name, value in params.items() if value is not None}
        return self._send("GET", path, params=given)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Have something done. Raises as `get` does."""
        return self._send("POST", path, json=body)

    @cached_property
    def _http(self) -> httpx.Client:
        """Made, and its library loaded, by who asks: most processes never do."""
        from httpx import URL, Client, Timeout

        return Client(
            base_url=self._url,
            headers=self._headers,
            timeout=Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
            transport=self._transport,
            verify=_trusted(URL(self._url).scheme),
        )

    def _send(self, method: str, path: str, **more: Any) -> Any:
        from httpx import HTTPError

        headers = {"X-Request-Id": trace.current().correlation_id}
        try:
            answer = self._http.request(method, path, headers=headers, **more)
        except HTTPError as error:
            raise CannotAsk(self.service, str(error) or type(error).__name__) from error
        if answer.status_code in {401, 403}:
            raise CannotAsk(self.service, "it does not accept this service token")
        if answer.status_code >= 500:
            raise CannotAsk(self.service, f"it failed ({answer.status_code})")
        if answer.status_code == 404:
            raise NotThere(_sentence(answer))
        if answer.status_code >= 400:
            raise Refused(_sentence(answer))
        return answer.json()


class Services:
    """The services that can be asked, by name."""

    def __init__(self, clients: Mapping[str, InternalClient]) -> None:
        self._clients = dict(clients)

    def __getitem__(self, name: str) -> InternalClient:
        if name not in self._clients:
            raise CannotAsk(name, "its address is not known here")
        return self._clients[name]

    def __iter__(self) -> Iterator[InternalClient]:
        return iter(self._clients.values())

    @property
    def names(self) -> list[str]:
        """The names of those whose address is known."""
        return list(self._clients)


def services(settings: Settings) -> Services:
    """Return the services whose internal addresses a process was given; with no token none of them can be asked."""
    return reachable(settings.internal_urls, next(iter(settings.service_tokens), ""))


def reachable(urls: Mapping[str, str], token: str) -> Services:
    """Return the services at these addresses."""
    return Services({name: InternalClient(name, url, token) for name, url in urls.items()})


def _sentence(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return f"{answer.status_code} {answer.reason_phrase}"
    errors = " ".join(f"{each['field']}: {each['message']}" for each in problem.get("errors", []))
    return " ".join(filter(None, (problem.get("detail") or problem.get("title"), errors)))
