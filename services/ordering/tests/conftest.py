"""A migrated database for each module of tests, and a session that leaves nothing behind."""

import pytest
from sqlalchemy.orm import Session

from services.ordering.settings import Settings
from services.ordering.tests.market import Market
from tests.infrastructure.plugin import ServiceDatabase
from tests.infrastructure.settings import settings_of


@pytest.fixture(scope="module")
def settings(service_database: ServiceDatabase) -> Settings:
    """The settings of an ordering service with a database of this module's own."""
    return settings_of(Settings, service_database("ordering"))


@pytest.fixture
def market(session: Session) -> Market:
    """Vendors, products and customers of one test, which leave nothing behind."""
    return Market(session)
