"""The `marketplace` fixture, and the output of its processes in the report of a test that failed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.infrastructure.plugin import ServiceDatabase
from tests.integration.marketplace import ALL, Marketplace, Room


@pytest.fixture(scope="module")
def quiet_marketplace(
    service_database: ServiceDatabase,
    broker_url: str,
    broker_namespace: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Marketplace]:
    """Both services on databases of the module's own, with no process running yet."""
    with opened(service_database, broker_url, broker_namespace, tmp_path_factory.mktemp("processes")) as made:
        yield made


@contextmanager
def opened(databases: ServiceDatabase, broker_url: str, namespace: str, folder: Path) -> Iterator[Marketplace]:
    """A marketplace on given servers, whose processes end with the block."""
    rooms = {name: Room(name, databases(name)) for name in ("identity", "vendor")}
    made = Marketplace(rooms, broker_url, namespace, folder)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def marketplace(quiet_marketplace: Marketplace) -> Marketplace:
    """Both services with all their processes."""
    quiet_marketplace.start(*ALL)
    return quiet_marketplace


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the processes printed beside the failure."""
    report = yield
    arguments = getattr(item, "funcargs", {})
    for place in [value for value in arguments.values() if isinstance(value, Marketplace)][:1]:
        if report.failed:
            report.sections += [(f"output of {name}", process.tail()) for name, process in place.processes.items()]
    return report
