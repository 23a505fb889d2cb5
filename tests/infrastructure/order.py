"""How a run is spread over workers, and what a run may not pass over in silence."""

from __future__ import annotations

import os

import pytest

ALONE = ("faults", "system", "browser")
"""Marks of tests that start and kill whole systems: one at a time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests on one worker, since they share its databases, and the heavy suites on one together."""
    for item in items:
        alone = any(item.get_closest_marker(mark) for mark in ALONE)
        item.add_marker(pytest.mark.xdist_group("alone" if alone else item.nodeid.split("::")[0]))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("skipped tests fail in CI", red=True)
