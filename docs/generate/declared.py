"""The services and programs there are, found by their folders, and made with settings that reach nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, cast

from flask import Flask

from shared.kit.database import Database
from shared.kit.settings import WebSettings
from shared.runtime.service import Service

ROOT = Path(__file__).parents[2]
NOWHERE = {
    "ENVIRONMENT": "local",
    "GATEWAY_URL": "http://localhost:8000",
    "SECRET_KEY": "of the documents, long enough",
    "DATABASE_URL": "postgresql+psycopg2://nobody@127.0.0.1:1/nothing",
    "BROKER_URL": "amqp://127.0.0.1:1",
    "JWKS_URL": "http://127.0.0.1:1/.well-known/jwks.json",
    "IDENTITY_URL": "http://127.0.0.1:1",
    "VENDOR_URL": "http://127.0.0.1:1",
    "STATIC_FOLDER": "/nowhere",
}


class Program(NamedTuple):
    """Something that reads settings, and the class that it reads them into."""

    name: str
    settings: type[WebSettings]


def services() -> list[Service]:
    """Every service, by name."""
    names = sorted(found.parent.name for found in (ROOT / "services").glob("*/__main__.py"))
    return [cast("Service", import_module(f"services.{name}.__main__").SERVICE) for name in names]


def programs() -> list[Program]:
    """Every service and the web client."""
    modules = {service.name: f"services.{service.name}.settings" for service in services()}
    if (ROOT / "gateway" / "web" / "settings.py").exists():
        modules["web"] = "gateway.web.settings"
    return [Program(name, import_module(module).Settings) for name, module in modules.items()]


def app_of(service: Service) -> Flask:
    """Build a service's app with settings that point nowhere; building it must reach for nothing."""
    with _environment(NOWHERE):
        settings = service.settings()
    return service.create_app(settings, Database(settings.database_url, application_name="documents"))


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
