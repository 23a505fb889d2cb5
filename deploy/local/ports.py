"""The gateway's port: free, or refused by name with whoever holds it, and how to move."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

import psutil

DEFAULT = 8000


class PortTaken(RuntimeError):
    """The port is held by somebody else; the message names the holder and the way out."""


@dataclass(frozen=True)
class Holder:
    """Who listens on a port; `checkout` is set when it is another marketplace's gateway."""

    pid: int | None
    command: str
    checkout: Path | None = None

    def __str__(self) -> str:
        return f"pid {self.pid}: {self.command}" if self.pid else self.command


def choose(asked: int | None) -> tuple[int, str | None]:
    """The port to use and, if it had to move, a sentence that says so.

    An asked port is never replaced. The default one moves only when another checkout of the market holds it.
    """
    port = asked or DEFAULT
    if is_free(port):
        return port, None
    holder = holder_of(port)
    if asked or not holder.checkout:
        raise PortTaken(f"port {port} is held by {holder}; choose another with --port {next_free(port + 1)}")
    moved = next_free(port + 1)
    return (
        moved,
        f"port {port} serves the marketplace of {holder.checkout} (pid {holder.pid}), so this one uses {moved}",
    )


def is_free(port: int) -> bool:
    """Whether the port can be bound, on all addresses as well as on the loopback."""
    for host in ("127.0.0.1", "0.0.0.0"):  # noqa: S104 - asked, not served
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True


def next_free(port: int) -> int:
    """The first port from `port` on that is free."""
    while not is_free(port):
        port += 1
    return port


def holder_of(port: int) -> Holder:
    """Whoever listens on `port`, as far as this user may know."""
    listeners = (
        it for it in psutil.net_connections("tcp") if it.status == psutil.CONN_LISTEN and it.laddr.port == port
    )
    pid = next((it.pid for it in listeners if it.pid), None)
    if pid is None:
        return Holder(None, "a process of another user")
    try:
        process = psutil.Process(pid)
        line = process.cmdline()
        command = " ".join(line)[:120] or process.name()
        return Holder(pid, command, _checkout(process))
    except psutil.Error:
        return Holder(pid, "a process that does not tell its command")


def _checkout(process: psutil.Process) -> Path | None:
    """The folder of the marketplace whose supervisor started this process."""
    for each in [process, *process.parents()]:
        try:
            if "deploy.local" in each.cmdline():
                return Path(each.cwd())
        except psutil.Error:
            continue
    return None
