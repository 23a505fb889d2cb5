"""The services of one module, on databases of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.apps import ROOMS, Marketplace
from tests.infrastructure.plugin import ServiceDatabase


@pytest.fixture(scope="module")
def marketplace(service_database: ServiceDatabase) -> Iterator[Marketplace]:
    """All of them."""
    made = Marketplace({name: service_database(name) for name in ROOMS})
    yield made
    made.dispose()
