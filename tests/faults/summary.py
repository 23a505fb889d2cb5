"""The fault matrix at the end of a run: for every test how many registered, how many were lost, how many doubled."""

from __future__ import annotations

from typing import Any

import pytest

PROPERTY = "faults"


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print one line for each fault that was tried; nothing if none was."""
    rows = [
        (report.nodeid.rpartition("::")[2], dict(value))
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in getattr(report, "user_properties", [])
        if name == PROPERTY
    ]
    if rows:
        terminalreporter.section("faults")
        terminalreporter.write_line(f"{'events':>13} {'lost':>5} {'doubled':>8}  fault")
        for test, row in rows:
            more = ", ".join(f"{key} {value}" for key, value in row.items() if key not in _COLUMNS)
            line = f"{row['registrations']:>13} {row['lost']:>5} {row['doubled']:>8}  {test}"
            terminalreporter.write_line(f"{line} ({more})" if more else line)


_COLUMNS = ("registrations", "lost", "doubled")
