"""Tables for people: the state of the system, and the verification that `market demo` did."""

from __future__ import annotations

import time
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from deploy.local.buying import SUMS
from deploy.local.demo import Verification

out = Console(highlight=False)


def status(state: dict[str, Any]) -> None:
    """Every process with its age, restarts and memory, and the address."""
    table = Table(title=f"{state['address']} ({'ready' if state['ready'] else 'starting'})")
    for column in ("process", "pid", "state", "restarts", "for", "memory"):
        table.add_column(column, justify="left" if column in {"process", "state"} else "right")
    for program in state["programs"]:
        age = f"{time.time() - program['since']:.0f} s" if program["pid"] else ""
        memory = f"{program['memory'] / 1e6:.0f} MB" if program["pid"] else ""
        restarts, pid = str(program["restarts"]), str(program["pid"] or "")
        table.add_row(program["name"], pid, program["state"], restarts, age, memory)
    out.print(table)
    origins = ", ".join(f"{name} {source}" for name, source in state["components"].items())
    out.print(f"{origins}; {state['memory'] / 1e6:.0f} MB in all")
    if "mailbox" in state:
        out.print(f"mailbox: {state['mailbox']}")


def verification(found: Verification) -> None:
    """What the demo did, what it saw, and whether it is so."""
    _rows(
        "vendor_customer, read from the vendor database", found.rows, "customer", "customer_id", "vendor_id", "source"
    )
    _rows("Vendor A's list, read from the API", found.listed, "name", "email", "source", "linked_at")
    _rows("Registrations that were refused a link", found.refusals, "registration", "recorded", "sentence")
    _rows("One order of Customer A, split", found.split, "of", "number", *SUMS)
    table = Table(title="The verification", title_justify="left")
    for column in ("", "claim", "seen"):
        table.add_column(column, overflow="fold")
    for step in found.steps:
        table.add_row("[green]yes[/]" if step.ok else "[bold red]NO[/]", step.claim, step.seen)
    out.print(table)
    verdict = "[bold green]every step is so[/]" if found.ok else "[bold red]not every step is so[/]"
    out.print(f"{verdict} ({found.seconds:.1f} s)")


def measure(state: dict[str, Any]) -> dict[str, Any]:
    """The state with each process's memory and their sum.

    A process counts with its proportional share, and with its children but for those that are programs themselves.
    """
    pids = {program["pid"] for program in state["programs"]} | {state["pid"]}
    programs = [{**program, "memory": _share(program["pid"], pids)} for program in state["programs"]]
    total = sum(program["memory"] for program in programs) + _own(psutil.Process(state["pid"]))
    return {**state, "programs": programs, "memory": total}


def _share(pid: int | None, others: set[int]) -> int:
    try:
        return _with_children(psutil.Process(pid), others) if pid else 0
    except psutil.Error:
        return 0


def _with_children(process: psutil.Process, others: set[int]) -> int:
    own = [child for child in process.children() if child.pid not in others]
    return _own(process) + sum(_share(child.pid, others) for child in own)


def _own(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def _rows(title: str, rows: list[dict[str, Any]], *columns: str) -> None:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(str(row.get(column, "")) for column in columns))
    out.print(table)
