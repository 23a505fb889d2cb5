"""Child processes that never outlive their parent, and never run a database as root."""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_NOBODY = 65534


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output: IO[bytes] | int | None = subprocess.DEVNULL,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own; the kernel sends it `death_signal` when this thread ends.

    Call it from a thread that lives as long as the child should: the kernel watches the thread that forked.
    """
    parent = os.getpid()

    def bind() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(
        command,
        env=dict(env) if env is not None else None,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=bind,
    )


def ordinary(command: Sequence[str], death_signal: signal.Signals = signal.SIGTERM) -> list[str]:
    """`command` as an ordinary user even when root calls: in a user namespace where allowed, else with the uid dropped.

    A change of credentials forgets the parent's death signal (prctl(2)), so it is asked for again behind the change.
    """
    if os.geteuid() != 0:
        return list(command)
    bind = ["setpriv", "--pdeathsig", signal.Signals(death_signal).name.removeprefix("SIG")]
    if _namespaces():
        return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--", *bind, "--", *command]
    return [*bind, f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--", *command]


def hand_over(folder: Path) -> None:
    """Give `folder` to whoever `ordinary` runs commands as."""
    if os.geteuid() == 0 and not _namespaces():
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)


class Running(Protocol):
    """As much of a child as stopping it needs."""

    @property
    def pid(self) -> int:
        """Its process id, and its group's."""

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its exit code; raises `subprocess.TimeoutExpired`."""

    def send_signal(self, sig: int, /) -> None:
        """Send it a signal, unless it has ended."""


def stop(child: Running, how: signal.Signals = signal.SIGTERM, grace: float = 10) -> int:
    """Ask `child` to stop, wait, and after `grace` seconds end its whole group; its exit code."""
    if child.poll() is None:
        child.send_signal(how)
    try:
        child.wait(grace)
    except subprocess.TimeoutExpired:
        end_group(child)
    return child.wait()


def end_group(child: Running) -> None:
    """SIGKILL every process of the child's group."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def free_port(taken: frozenset[int] = frozenset()) -> int:
    """A TCP port on the loopback that nobody listens on, and not one of `taken`."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port


def listening(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something accepts connections on `port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def wait_for(check: Callable[[], bool], child: subprocess.Popen[bytes] | None, what: str, timeout: float = 60) -> None:
    """Wait until `check` holds; refuses with `RuntimeError` when `child` ends first or the time is over."""
    deadline = time.monotonic() + timeout
    while not check():
        if child is not None and child.poll() is not None:
            raise RuntimeError(f"{what} ended with code {child.returncode} before it was ready")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} was not ready within {timeout:.0f} s")
        time.sleep(0.05)


@functools.cache
def _namespaces() -> bool:
    if not shutil.which("unshare"):
        return False
    probe = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0
