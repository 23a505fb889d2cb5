"""What this checkout keeps below `.local`: data, logs, secrets, and the state of a running system."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOCAL = Path(os.environ.get("MARKET_STATE", ROOT / ".local")).absolute()
DATA = LOCAL / "data"
LOGS = LOCAL / "logs"
RUN = LOCAL / "run"
PACKAGES = ROOT / ".local" / "packages"
STATE = RUN / "state.json"
CONTROL = RUN / "tmp" / "control.socket"
LONG_LOG = 20_000_000
NAME = f"market-{hashlib.sha256(str(LOCAL).encode()).hexdigest()[:8]}"
"""Tells this system's containers from another's."""


def caller() -> Path:
    """The folder that `./market` was called from; it works in the checkout itself."""
    return Path(os.environ.get("MARKET_CALLER", Path.cwd()))


def prepare() -> None:
    """Make the folders; what must be empty at a start is emptied."""
    shutil.rmtree(RUN / "tmp", ignore_errors=True)
    for folder in (DATA, LOGS, RUN, RUN / "tmp", PACKAGES):
        folder.mkdir(parents=True, exist_ok=True)
    for log in LOGS.glob("*.log"):
        if log.stat().st_size > LONG_LOG:
            log.replace(log.with_suffix(".log.1"))


def secret(name: str) -> str:
    """This checkout's secret of that name: random, made at the first use, readable by its owner only."""
    path = DATA / "secrets.json"
    DATA.mkdir(parents=True, exist_ok=True)
    with (DATA / ".secrets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if name not in known:
            known[name] = secrets.token_urlsafe(32)
            write_privately(path, json.dumps(known, indent=2))
    return known[name]


def remember(name: str, value: str) -> None:
    """Keep a fact beside the data, so that it goes when the data goes."""
    (DATA / f"{name}.done").write_text(value)


def remembered(name: str) -> str | None:
    """The fact kept under that name, if any."""
    path = DATA / f"{name}.done"
    return path.read_text() if path.exists() else None


def digest(*folders: Path) -> str:
    """A digest of the Python files below `folders`."""
    files = sorted(file for folder in folders for file in folder.rglob("*.py"))
    return hashlib.sha256(b"\0".join(str(file).encode() + file.read_bytes() for file in files)).hexdigest()


def write_state(state: dict[str, Any]) -> None:
    """Publish the running system's state, whole or not at all."""
    write_privately(STATE, json.dumps(state, indent=2))


def read_state() -> dict[str, Any] | None:
    """The last published state, or None; a state of a system that is gone counts as none."""
    try:
        state: dict[str, Any] = json.loads(STATE.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return state if _is_supervisor(int(state["pid"])) else None


def write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner may read, replacing an older one in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.touch(mode=0o600)
    new.write_text(text)
    new.replace(path)


def _is_supervisor(pid: int) -> bool:
    try:
        command = Path("/proc", str(pid), "cmdline").read_bytes().split(b"\0")
        return b"deploy.local" in command and Path("/proc", str(pid), "cwd").resolve() == ROOT
    except OSError:
        return False
