"""A system that stays when the terminal goes: started detached, stopped by its supervisor's pid."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from deploy.local import checkout


def start(arguments: list[str], timeout: float = 300) -> dict[str, Any]:
    """Start `market up` in a session of its own and wait until it is ready; its state.

    Refuses with the end of what it said when it stops before.
    """
    checkout.prepare()
    said = checkout.LOGS / "market.log"
    command = [sys.executable, "-m", "deploy.local", "up", *arguments]
    with said.open("wb") as output:
        child = subprocess.Popen(
            command, cwd=checkout.ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        state = checkout.read_state()
        if state and state["pid"] == child.pid and state["ready"]:
            return state
        if child.poll() is not None:
            raise RuntimeError(said.read_text()[-2000:].strip())
        time.sleep(0.1)
    child.terminate()
    raise RuntimeError(f"not ready within {timeout:.0f} s; see {said}")


def stop(pid: int, timeout: float = 45) -> None:
    """Ask the supervisor to stop everything and wait until it is gone; refuses with `RuntimeError` if it stays."""
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if not _is_alive(pid):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the supervisor (pid {pid}) did not stop within {timeout:.0f} s")


def _is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path("/proc", str(pid), "status").read_text()
    except OSError:
        return False
