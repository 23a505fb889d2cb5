"""`pytest --max-examples N`: how many requests are drawn for each operation and caller; a pytest plugin."""

from __future__ import annotations

import pytest

DEFAULT = 10
drawn = {"max_examples": DEFAULT}
"""Read when the fuzzed operations are collected, which is after the options were parsed."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption(
        "--max-examples", type=int, default=DEFAULT, help=f"fuzzed requests per operation and caller ({DEFAULT})"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Keep what was asked for."""
    drawn["max_examples"] = config.getoption("--max-examples")
