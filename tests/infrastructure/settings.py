"""The settings of a service's tests: its database, and a broker and an identity that nobody answers at."""

from __future__ import annotations

from typing import Any, TypeVar

from shared.kit.settings import Secret, Settings
from tests.infrastructure.databases import TestDatabase

S = TypeVar("S", bound=Settings)
SECRET = "for tests only, and long enough for production too"


def settings_of(cls: type[S], where: TestDatabase, **more: Any) -> S:
    """Settings as a process reads them, for this database; `more` wins."""
    common: dict[str, Any] = {
        "service": cls.__module__.split(".")[1],
        "environment": "local",
        "gateway_url": "http://localhost:8000",
        "secret_key": Secret(SECRET),
        "database_url": Secret(where.url),
        "migrate_database_url": Secret(where.owner_url),
        "broker_url": Secret("amqp://127.0.0.1:1//"),
        "jwks_url": "http://127.0.0.1:1/.well-known/jwks.json",
        "rate_limits": False,
    }
    return cls(**{**common, **more})
