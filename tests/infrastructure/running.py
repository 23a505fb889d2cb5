"""The whole system, started by the command that people use, with data and ports of its own beside any other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local import processes
from tests.infrastructure.servers import ROOT


@dataclass
class RunningMarket:
    """A running system: its address, and `market` commands against it."""

    state_folder: Path
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def up(self) -> None:
        """Start it and wait until it is ready; refuses with what it said."""
        self.port = processes.free_port()
        done = self.market("up", "--detach", "--people-only", "--port", str(self.port))
        if done.returncode:
            raise RuntimeError(f"market up failed:\n{done.stdout}{done.stderr}")

    def begin(self) -> subprocess.Popen[bytes]:
        """Start it in the foreground, as somebody at a terminal does, and do not wait."""
        self.port = processes.free_port()
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "up", "--people-only", "--port", str(self.port)],
            cwd=ROOT,
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def down(self) -> None:
        """Stop it; nothing of it stays."""
        self.market("down")

    def state(self) -> dict[str, Any]:
        """What `market status --json` says."""
        state: dict[str, Any] = json.loads(self.market("status", "--json").stdout)
        return state

    def market(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `market` against this system."""
        return self.run("deploy.local", *arguments)

    def run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another module of this checkout against this system."""
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.run(command, cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "MARKET_STATE": str(self.state_folder)}
