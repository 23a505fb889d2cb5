"""How a run is spread over workers, and what a run may not pass over in silence."""

from __future__ import annotations

import os

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

HEAVY = {"tests/local/": "systems", "tests/faults/": "systems", "tests/browser/": "browser"}
"""Folders of tests that start and kill whole systems, by the group in which they run one after another."""


class Groups(LoadScopeScheduling):  # type: ignore[misc]
    """Keeps a file's tests on one worker, since they share its databases, and each group of heavy suites together.

    By folder, because xdist's controller knows tests by their ids only.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((group for folder, group in HEAVY.items() if nodeid.startswith(folder)), nodeid.split("::")[0])

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Begin with the heavy suites: what takes longest must not come last."""
        heaviest = next((group for group in HEAVY.values() if group in self.workqueue), None)
        if heaviest:
            self.workqueue.move_to_end(heaviest, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups | None:
    """Group wherever files are kept together (`--dist loadfile`)."""
    return Groups(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("skipped tests fail in CI", red=True)
