"""The fault matrix at the end of a run: for every test how many came, how many were lost, how many doubled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

PROPERTY, CHECKOUTS, MAILS = "faults", "checkouts", "mails"
COLUMNS = {
    PROPERTY: ("registrations", "lost", "doubled"),
    MAILS: ("news", "lost", "doubled", "in_doubt"),
    CHECKOUTS: ("checkouts", "lost", "doubled", "halves", "unstocked"),
}


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print one line for each fault that was tried; nothing if none was."""
    for kind, columns in COLUMNS.items():
        rows = list(_rows(terminalreporter, kind))
        if rows:
            terminalreporter.section(f"faults: {columns[0]}")
            terminalreporter.write_line(f"{_cells(dict(zip(columns, columns, strict=True)), columns)}  fault")
        for test, row in rows:
            more = ", ".join(f"{key} {value}" for key, value in row.items() if key not in columns)
            line = f"{_cells(row, columns)}  {test}"
            terminalreporter.write_line(f"{line} ({more})" if more else line)


def _rows(terminalreporter: Any, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", []):
                if name == kind:
                    yield report.nodeid.rpartition("::")[2], dict(value)


def _cells(row: dict[str, Any], columns: tuple[str, ...]) -> str:
    return " ".join(f"{row[name]!s:>{len(name)}}" for name in columns)
