"""The web client in front of stand-ins for the services, and browsers without scripts to visit it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.static.files import build
from gateway.web.app import create_app
from gateway.web.settings import Settings
from gateway.web.tests import stand_in, stand_in_news, stand_in_orders
from gateway.web.tests.stand_in import World
from shared.kit.settings import Secret

PASSWORD = "a long walk by the sea"


class Breakable(httpx.BaseTransport):
    """The way to a stand-in; `down` cuts it, `defect` is a fault of our own on the way."""

    def __init__(self, app: Flask) -> None:
        self.inner, self.down, self.defect = httpx.WSGITransport(app), False, False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.defect:
            raise ZeroDivisionError
        if self.down:
            raise httpx.ConnectError("refused", request=request)
        return self.inner.handle_request(request)


class Visitor:
    """A browser without scripts: it keeps cookies and sends the hidden fields of the page it looks at."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: TestResponse

    def open(self, path: str, **headers: str) -> str:
        self.page = self.client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return self.text

    def send(self, path: str, **fields: Any) -> str:
        """Send a form of the page that is open, with its hidden fields."""
        hidden = dict(
            re.findall(r'type="hidden" (?:id="\w+" )?name="(\w+)" (?:type="hidden" )?value="([^"]*)"', self.text)
        )
        hidden |= dict(re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', self.text))
        self.page = self.client.post(path, data={**hidden, **fields})
        return self.text

    def follow(self) -> str:
        assert self.page.status_code == 303, (self.page.status_code, self.text)
        return self.open(self.page.headers["Location"])

    @property
    def text(self) -> str:
        return self.page.get_data(as_text=True)

    @property
    def status(self) -> int:
        return self.page.status_code

    def sign_in(self, email: str) -> Visitor:
        self.open("/login")
        self.send("/login", email=email, password=PASSWORD)
        assert self.status == 303, self.text
        return self


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    build(folder)
    return folder


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def ways(world: World) -> dict[str, Breakable]:
    """The ways to the services, by name."""
    apps = {
        "identity": stand_in.identity(world),
        "vendor": stand_in.vendor(world),
        "catalog": stand_in.catalog(world),
        "ordering": stand_in_orders.ordering(world),
        "notifications": stand_in_news.notifications(world),
    }
    return {name: Breakable(app) for name, app in apps.items()}


MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(static: Path, ways: dict[str, Breakable]) -> MakeApp:
    def make(gateway_url: str = "http://localhost:8000") -> Flask:
        settings = Settings(
            service="web",
            environment="local",
            gateway_url=gateway_url,
            secret_key=Secret("a secret of the tests, long enough"),
            identity_url="http://identity",
            vendor_url="http://vendor",
            catalog_url="http://catalog",
            ordering_url="http://ordering",
            notifications_url="http://notifications",
            static_folder=static,
        )
        return create_app(settings, ways)

    return make


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def customer(app: Flask, world: World) -> Visitor:
    world.user("Ada Byron", "ada@x.example")
    return Visitor(app.test_client()).sign_in("ada@x.example")


@pytest.fixture
def vendor(app: Flask, world: World) -> Visitor:
    world.shops.open(world.user("Luca Moretti", "luca@x.example", "vendor"), **world.vendor)
    return Visitor(app.test_client()).sign_in("luca@x.example")


@pytest.fixture
def admin(app: Flask, world: World) -> Visitor:
    world.user("Grace Hopper", "grace@x.example", "admin")
    return Visitor(app.test_client()).sign_in("grace@x.example")
