"""Gives fault tests a quiet marketplace, and `settled`: the books must balance, and the log shows them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults import books
from tests.faults.books import Books
from tests.faults.summary import PROPERTY
from tests.integration.fixtures import pytest_runtest_makereport, quiet_marketplace
from tests.integration.marketplace import Marketplace

__all__ = ["pytest_runtest_makereport", "quiet_marketplace", "settled"]

Settled = Callable[..., Books]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a fault test."""
    for item in items:
        if "tests/faults" in item.nodeid:
            item.add_marker(pytest.mark.faults)


@pytest.fixture
def settled(record_property: Callable[[str, object], None]) -> Settled:
    """`settled(marketplace, kills=3)`: wait for the end of every event; nothing may be lost, nothing doubled."""

    def check(marketplace: Marketplace, *, timeout: float = 60, **counts: int | float | str) -> Books:
        found = books.settle(marketplace, timeout)
        row = {"registrations": found.registrations, "lost": found.lost, "doubled": found.doubled, **counts}
        record_property(PROPERTY, row)
        print(row)  # noqa: T201 - beside the failure, if it is one
        assert found.balanced, found
        return found

    return check
