"""Processes forked by a nest, which behave towards the supervisor as those that it starts itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import IO

from deploy.local.nest import Order, reachable

PATIENCE = 30
"""Seconds in which a nest must have imported its service and listen."""


class Hatched:
    """A nest's child: as much of a `Popen` as the supervisor uses."""

    def __init__(self, order: Order, line: socket.socket, stdout: IO[bytes]) -> None:
        self.args, self.stdout = order["arguments"], stdout
        self._line = line.makefile("rb")
        self.pid = int(self._line.readline() or b"0")
        if not self.pid:
            raise OSError("the nest ended")
        self._code: int | None = None
        self._ended = threading.Event()
        threading.Thread(target=self._watch, name=f"{order['name']} end", daemon=True).start()

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._code

    def poll(self) -> int | None:
        """The same."""
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; raises `subprocess.TimeoutExpired`."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self._code or 0

    def send_signal(self, number: int) -> None:
        """Send a signal to it, unless it has ended."""
        if self._code is None:
            os.kill(self.pid, number)

    def _watch(self) -> None:
        with self._line as line:
            self._code = int(line.readline() or -signal.SIGTERM)  # a nest that ends takes its children with it
        self._ended.set()


def hatch(nest: Path, order: Order) -> Hatched:
    """Have a nest fork a process; waits until the nest listens, and raises `OSError` when it does not."""
    line = _connected(nest)
    reading, writing = os.pipe()
    try:
        socket.send_fds(line, [f"{json.dumps(order)}\n".encode()], [writing])
    finally:
        os.close(writing)
    with line:
        return Hatched(order, line, os.fdopen(reading, "rb"))


def _connected(nest: Path) -> socket.socket:
    deadline = time.monotonic() + PATIENCE
    while True:
        line = socket.socket(socket.AF_UNIX)
        try:
            with reachable(nest) as name:
                line.connect(name)
        except OSError:
            line.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return line
