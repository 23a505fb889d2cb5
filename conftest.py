"""Gives every room's tests the infrastructure fixtures."""

pytest_plugins = [
    "tests.infrastructure.plugin",
    "tests.infrastructure.order",
    "tests.fuzz.options",
    "tests.faults.summary",
]
