"""The marketplace's public API as a person's client sees it, through the gateway."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import Any, BinaryIO, Self

import httpx

PATIENCE = 60
"""Seconds that somebody waits who is told that too many sign in."""


class Refused(RuntimeError):
    """The gateway answered with a problem; `status` and `kind` tell which, the message says it in words."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        try:
            problem = response.json()
        except ValueError:
            problem = {}
        self.kind = str(problem.get("type", "")).rpartition("/")[2]
        detail = problem.get("detail") or problem.get("title") or response.text[:200]
        super().__init__(f"{response.request.method} {response.request.url.path}: {self.status} {detail}")


class Person:
    """Somebody with a browser; signed in once `sign_in` was called, and again whenever that has expired."""

    def __init__(self, address: str) -> None:
        self._known: tuple[str, str] | None = None
        self._http = httpx.Client(base_url=f"{address}/api", timeout=10, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._http.close()

    def register(self, email: str, password: str, name: str, token: str | None = None) -> dict[str, Any]:
        body = {"email": email, "password": password, "name": name}
        return self._ask("POST", "/register", body | ({"invite_token": token} if token else {}))

    def sign_in(self, email: str, password: str) -> None:
        """Sign in; who is told to come again within a minute does."""
        said = {"email": email, "password": password}
        response = self._http.post("/login", json=said)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            wait = int(response.headers.get("Retry-After", PATIENCE + 1))
            if wait <= PATIENCE:
                time.sleep(wait)
                response = self._http.post("/login", json=said)
        answer = self._answered(response)
        self._known = email, password
        self._http.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def me(self) -> dict[str, Any]:
        return self._ask("GET", "/me")

    def invite(self, *, label: str, max_uses: int | None = None, expires_at: datetime | None = None) -> dict[str, Any]:
        limits = {"max_uses": max_uses, "expires_at": expires_at and expires_at.isoformat()}
        body = {"label": label} | {name: value for name, value in limits.items() if value is not None}
        return self._ask("POST", "/vendors/me/invite", body)

    def revoke(self, invite_id: str) -> None:
        self._ask("POST", f"/vendors/me/invites/{invite_id}/revoke")

    def customers(self) -> list[dict[str, Any]]:
        return list(self._ask("GET", "/vendors/me/customers?limit=100")["items"])

    def invitations(self) -> list[dict[str, Any]]:
        """What came of the invitations this person used, newest first."""
        answer: Any = self._ask("GET", "/vendor/invitations/mine")
        return list(answer["items"] if isinstance(answer, dict) else answer)

    def get(self, path: str) -> dict[str, Any]:
        return self._ask("GET", path)

    def post(self, path: str, body: dict[str, Any] | None, *, key: str | None = None) -> dict[str, Any]:
        """Post; with a key, however often it is sent, it is done once."""
        headers = {"Idempotency-Key": key} if key else None
        return self._request("POST", path, json=body, headers=headers)

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._ask("PATCH", path, body)

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._ask("PUT", path, body)

    def all(self, path: str) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        cursor = ""
        while cursor is not None:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit=100" + (f"&cursor={cursor}" if cursor else ""))
            yield from page["items"]
            cursor = page["next_cursor"]

    def send(self, method: str, path: str, content: bytes) -> dict[str, Any]:
        """Send a file as the body."""
        return self._request(method, path, content=content)

    def fetch(self, path: str, file: BinaryIO) -> int:
        """Write what is answered into a file, piece by piece; how many bytes it is."""
        size = 0
        with self._http.stream("GET", path) as response:
            if response.status_code >= 400:
                response.read()
                raise Refused(response)
            for piece in response.iter_bytes():
                size += file.write(piece)
        return size

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._request(method, path, json=body)

    def _request(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        response = self._http.request(method, path, **given)
        if response.status_code == httpx.codes.UNAUTHORIZED and self._known:
            self.sign_in(*self._known)
            response = self._http.request(method, path, **given)
        return self._answered(response)

    @staticmethod
    def _answered(response: httpx.Response) -> dict[str, Any]:
        if response.status_code >= 400:
            raise Refused(response)
        return dict(response.json()) if response.content and response.text.startswith("{") else response.json()
