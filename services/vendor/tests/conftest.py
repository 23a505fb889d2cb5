"""A migrated database for each module of tests, and a session that leaves nothing behind."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.vendor.settings import Settings
from services.vendor.tests.shop import Shop, empty
from shared.kit.database import Database
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.plugin import ServiceDatabase
from tests.infrastructure.settings import settings_of

FILES = Path(tempfile.gettempdir()) / f"market-tests-{os.getpid()}"


def settings_for(at: TestDatabase) -> Settings:
    """Settings as a process reads them, with files of this process's own."""
    return settings_of(Settings, at, storage_folder=FILES / at.name)


@pytest.fixture(scope="module")
def settings(service_database: ServiceDatabase) -> Iterator[Settings]:
    """The settings of a vendor service with a database of this module's own."""
    made = settings_for(service_database("vendor"))
    yield made
    shutil.rmtree(made.storage_folder, ignore_errors=True)


@pytest.fixture
def shop(database: Database, settings: Settings) -> Shop:
    """Vendor A with a link, in tables that were emptied before."""
    empty(settings)
    return Shop(database, settings)
