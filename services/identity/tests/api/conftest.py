"""The application of identity on a migrated database, and a person who speaks to it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.identity.app import create_app
from services.identity.settings import Settings
from shared.kit.database import Database

PASSWORD = "a long walk by the sea"
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def app(settings: Settings, database: Database) -> Flask:
    """The application, without limits of rate."""
    return create_app(replace(settings, rate_limits=False), database)


class Person:
    """Somebody with a browser: it keeps cookies, and the access token of the last sign-in."""

    def __init__(self, app: Flask) -> None:
        self.browser: FlaskClient = app.test_client()
        self.email = f"person.{next(NUMBERS)}@example.org"
        self.access_token = ""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send a request as this person."""
        if self.access_token:
            headers.setdefault("Authorization", f"Bearer {self.access_token}")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None:
            return self.browser.open(path, method=method, headers=sent)
        return self.browser.open(
            path, method=method, data=json.dumps(body), content_type="application/json", headers=sent
        )

    def register(self, **changes: Any) -> TestResponse:
        """Register with this person's e-mail, or with what is given."""
        headers = changes.pop("headers", {})
        body = {"email": self.email, "password": PASSWORD, "name": "Some Body", **changes}
        return self.send("POST", "/register", body, **headers)

    def login(self, **changes: Any) -> TestResponse:
        """Sign in; on success, go on as somebody who is signed in."""
        answer = self.send("POST", "/login", {"email": self.email, "password": PASSWORD, **changes})
        self.access_token = answer.json["access_token"] if answer.status_code == 200 and answer.json else ""
        return answer

    def refresh(self, body: Any = None) -> TestResponse:
        """Renew the access token with the cookie, or with a body."""
        answer = self.send("POST", "/token/refresh", body)
        if answer.status_code == 200 and answer.json:
            self.access_token = answer.json["access_token"]
        return answer

    @property
    def cookie(self) -> str:
        """The refresh token that the browser keeps."""
        kept = self.browser.get_cookie("refresh_token")
        return kept.value if kept else ""


People = Callable[[], Person]


@pytest.fixture
def stranger(app: Flask) -> People:
    """Makes people who have no account yet."""
    return lambda: Person(app)


@pytest.fixture
def member(stranger: People) -> People:
    """Makes people who are registered and signed in."""

    def make() -> Person:
        person = stranger()
        assert person.register().status_code == 201
        assert person.login().status_code == 200
        return person

    return make


def problem(answer: TestResponse) -> tuple[int, str, set[str]]:
    """The status, the type and the fields of a problem document."""
    assert answer.content_type == "application/problem+json"
    assert answer.json
    kind = answer.json["type"].removeprefix("/problems/")
    return answer.status_code, kind, {error["field"] for error in answer.json.get("errors", [])}
