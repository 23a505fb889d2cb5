"""The world of two services, a database each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from logging import CRITICAL, getLogger

import pytest

from services.identity.__main__ import SERVICE as IDENTITY
from services.vendor.__main__ import SERVICE as VENDOR
from shared.kit import logging
from shared.kit.database import Database
from shared.runtime.inspection.app import create_internal_app
from shared.runtime.service import Service
from tests.infrastructure.migrations import service_environment
from tests.infrastructure.plugin import ServiceDatabase
from tests.inspection.world import TOKEN, Breakable, Room, World


@pytest.fixture(autouse=True, scope="module")
def hushed() -> None:
    """Services log to standard output, where the commands print."""
    logging.configure(service="tests", process="tests", level="error")
    getLogger().setLevel(CRITICAL)


@pytest.fixture(scope="module")
def world(service_database: ServiceDatabase) -> Iterator[World]:
    rooms = {service.name: room_of(service, service_database) for service in (IDENTITY, VENDOR)}
    world = World(rooms["identity"], rooms["vendor"])
    for room in rooms.values():
        inside = room.way.inner.app.extensions["kit"]  # type: ignore[attr-defined]
        assert inside.settings.service_tokens == (TOKEN,)
    yield world
    for room in rooms.values():
        room.database.dispose()
        room.owner.dispose()


def room_of(service: Service, service_database: ServiceDatabase) -> Room:
    """A service on a database of the module's own, with its internal port."""
    at = service_database(service.name)
    with pytest.MonkeyPatch.context() as patch:
        more = {"SERVICE_TOKEN": TOKEN, "IDENTITY_INTERNAL_URL": "http://127.0.0.1:1"}
        environment = service_environment(service.name, at, **more)
        for name, value in environment.items():
            patch.setenv(name, value)
        settings = service.settings()
    database = Database(settings.database_url, application_name=f"{service.name}-tests")
    owner = Database(settings.owner_database_url, application_name="owner", pool_size=1)
    return Room(service, database, Breakable(create_internal_app(service, settings, database)), owner, environment)


@pytest.fixture(autouse=True)
def whole(world: World) -> None:
    """Every test begins with all ways open."""
    world.identity.way.down = world.vendor.way.down = False


@pytest.fixture
def vendor_at_work(world: World) -> Iterator[None]:
    """A consumer's connection that has just done something."""
    with at_work(world.vendor, "vendor-consumer"):
        yield


@contextmanager
def at_work(room: Room, name: str) -> Iterator[None]:
    """A connection of a process that has just done something."""
    database = Database(room.database.engine.url.render_as_string(hide_password=False), application_name=name)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        yield
    database.dispose()
