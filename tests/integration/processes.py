"""A service's process in a test: started as an operator starts it, its output kept, never outliving the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import httpx

from deploy.local import processes
from tests.eventually import eventually
from tests.infrastructure.servers import ROOT

START_SECONDS = 60


class Ended(NamedTuple):
    """How a process ended: its exit code, and how long it took from being asked."""

    code: int
    seconds: float


class ServiceProcess:
    """`python -m services.<service> <kind>` in a process group of its own; every start appends to one output file."""

    def __init__(self, service: str, kind: str, environment: Mapping[str, str], output: Path) -> None:
        self.service, self.kind, self.output = service, kind, output
        self.internal_port = processes.free_port()
        self._environment = {**environment, "INTERNAL_PORT": str(self.internal_port)}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def child(self) -> subprocess.Popen[bytes]:
        """The process as it runs, or as it ended."""
        if self._child is None:
            raise RuntimeError(f"{self.service} {self.kind} was never started")
        return self._child

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return self._child is not None and self._child.poll() is None

    def start(self, **environment: str) -> None:
        """Start it; `environment` holds for this start alone."""
        command = [sys.executable, "-m", f"services.{self.service}", self.kind]
        with self.output.open("ab") as output:
            self._child = processes.spawn(
                command,
                env={**self._environment, **environment},
                cwd=ROOT,
                output=output,
                death_signal=signal.SIGKILL,
            )

    def readiness(self) -> dict[str, str]:
        """What `/readyz` says of each check; raises while nobody answers."""
        answer = httpx.get(f"http://127.0.0.1:{self.internal_port}/readyz", timeout=10).json()
        checks: dict[str, str] = answer["checks"]
        return checks

    def wait_until_ready_or_dead(self) -> None:
        """Wait until every readiness check is passed, or it has ended, as one with failpoints may that finds work."""
        eventually(self._assert_ready_or_dead, timeout=START_SECONDS)

    def wait_until_ready(self) -> None:
        """Wait until every readiness check is passed; an end before that is an error with the output's end."""
        self.wait_until_ready_or_dead()
        if not self.running:
            raise AssertionError(f"{self.service} {self.kind} ended with {self.child.poll()}:\n{self.tail()}")

    def _assert_ready_or_dead(self) -> bool:
        return not self.running or set(self.readiness().values()) == {"ok"}

    def kill(self) -> None:
        """SIGKILL the process and everything it started."""
        processes.end_group(self.child)
        self.child.wait()

    def stop(self, grace: float = 30) -> Ended:
        """SIGTERM, and wait: not ending within `grace` seconds is an error."""
        began = time.monotonic()
        self.child.send_signal(signal.SIGTERM)
        try:
            code = self.child.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.service} {self.kind} did not end in {grace} s:\n{self.tail()}") from None
        return Ended(code, time.monotonic() - began)

    def tail(self, size: int = 6000) -> str:
        """The end of what it printed."""
        if not self.output.exists():
            return ""
        with self.output.open("rb") as output:
            output.seek(max(0, output.seek(0, os.SEEK_END) - size))
            return output.read().decode(errors="replace")
