"""Gives every room's tests the infrastructure fixtures, and each module the logging it would have alone."""

import logging
from collections.abc import Iterator

import pytest
import structlog

pytest_plugins = [
    "tests.infrastructure.plugin",
    "tests.infrastructure.order",
    "tests.fuzz.options",
    "tests.faults.summary",
]


@pytest.fixture(autouse=True, scope="module")
def logging_of_its_own() -> Iterator[None]:
    """Whatever a module's tests do to logging ends with the module; no test's outcome hangs on who ran before."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, structlog.get_config() if structlog.is_configured() else None)
    structlog.reset_defaults()
    yield
    root.handlers[:], config = before[0], before[2]
    root.setLevel(before[1])
    structlog.reset_defaults()
    if config:
        structlog.configure(**config)
