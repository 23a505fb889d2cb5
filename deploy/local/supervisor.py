"""Keeps processes running: restarts what dies with a growing pause, tells every line, stops some, or all in order."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local import processes
from deploy.local.hatching import Hatched, hatch
from deploy.local.nest import Order

FIRST_PAUSE, LONGEST_PAUSE, SETTLED = 0.25, 8.0, 20.0
Tell = Callable[[str, str], None]
Child = subprocess.Popen[bytes] | Hatched
NEST = "nest"
"""What forks the others: it is never stopped alone, since they would end with it."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, and how it likes to be stopped. Lower `layer`s start first and stop last.

    With a `nest` it is forked by that nest, and `command` is a module and its arguments.
    """

    name: str
    command: list[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    layer: int = 2
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    grace: float = 8
    ready: Callable[[], bool] | None = None
    quiet: bool = False
    before: Callable[[], None] | None = None
    nest: Path | None = None


@dataclass
class Supervised:
    """One program under watch; its thread lives as long as the program, as the kernel's death signal wants."""

    program: Program
    tell: Tell
    changed: Callable[[], None]
    child: Child | None = None
    restarts: int = 0
    since: float = field(default_factory=time.time)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start watching, also again after a stop; what happened before is forgotten."""
        self.child, self.restarts = None, 0
        self._stopping.clear()
        self._thread = threading.Thread(target=self._keep_running, name=self.program.name)
        self._thread.start()

    def wait_ready(self, timeout: float = 60) -> None:
        """Wait until the program says it is ready; refuses when it keeps dying or the time is over."""
        check = self.program.ready or (lambda: self.child is not None)
        deadline = time.monotonic() + timeout
        while not check():
            if self.restarts >= 4 or time.monotonic() > deadline:
                raise RuntimeError(f"{self.program.name} does not get ready; see {self.program.log}")
            if self._stopping.wait(0.05):
                raise RuntimeError("stopped while starting")

    def stop(self) -> None:
        """Stop the program and wait until it and whatever it started are gone."""
        self._stopping.set()
        child = self.child
        if child and child.poll() is None:
            began = time.monotonic()
            processes.stop(child, self.program.stop_signal, self.program.grace)
            if (took := time.monotonic() - began) >= self.program.grace:
                self.tell("market", f"{self.program.name} did not stop within {took:.0f} s and was killed")
        if self._thread:
            self._thread.join()

    @property
    def runs(self) -> bool:
        """Whether its process is there at this moment."""
        return self.child is not None and self.child.poll() is None

    @property
    def is_kept(self) -> bool:
        """Whether it is kept running, that is: was not stopped."""
        return not self._stopping.is_set()

    def report(self) -> dict[str, Any]:
        alive = self.runs
        return {
            "name": self.program.name,
            "pid": self.child.pid if self.child and alive else None,
            "state": "running" if alive else "stopped",
            "restarts": self.restarts,
            "since": self.since,
            "log": str(self.program.log),
        }

    def _keep_running(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._run_once()
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE if time.monotonic() - began > SETTLED else min(pause * 2, LONGEST_PAUSE)
            self.restarts += 1
            self.changed()
            self.tell("market", f"{self.program.name} ended with code {code}; again in {pause:.1f} s")
            self._stopping.wait(pause)

    def _run_once(self) -> int:
        program = self.program
        if program.before:
            program.before()
        try:
            self.child = child = self._begin()
        except OSError as error:
            self.tell("market", f"{program.name} cannot be started: {error}")
            return 1
        self.since = time.time()
        self.changed()
        if self._stopping.is_set():
            processes.stop(child, program.stop_signal, program.grace)
        reader = threading.Thread(target=self._read, args=(child,), name=f"{program.name} output")
        reader.start()
        code = child.wait()
        processes.end_group(child)  # whatever it started holds the pipe open, and the reader with it
        reader.join()
        return code

    def _begin(self) -> Child:
        program = self.program
        if program.nest:
            module, *arguments = program.command
            order: Order = {"name": program.name, "module": module, "arguments": arguments, "env": dict(program.env)}
            return hatch(program.nest, order)
        return processes.spawn(
            program.command,
            env=program.env,
            cwd=program.cwd,
            output=subprocess.PIPE,
            death_signal=program.death_signal,
        )

    def _read(self, child: Child) -> None:
        with self.program.log.open("ab", buffering=0) as log, child.stdout or contextlib.nullcontext(()) as lines:
            for line in lines:
                log.write(line)
                if not self.program.quiet:
                    self.tell(self.program.name, line.decode(errors="replace").rstrip())


class Supervisor:
    """All programs of one system."""

    def __init__(self, tell: Tell, publish: Callable[[list[dict[str, Any]]], None]) -> None:
        self._tell, self._publish = tell, publish
        self._lock, self._starting = threading.Lock(), threading.Lock()
        self._all: list[Supervised] = []
        self._ended = False

    def start(self, program: Program) -> Supervised:
        """Start watching a program; it may not be ready yet."""
        watched = Supervised(program, self._tell, self.publish)
        self._all.append(watched)
        watched.start()
        return watched

    def publish(self) -> None:
        """Tell the state of all programs."""
        with self._lock:
            self._publish([each.report() for each in self._all])

    def named(self, names: Sequence[str]) -> list[Supervised]:
        """The programs of these names, and all of the services of these names.

        Raises `RuntimeError` for a name that nothing has, and for one that is not stopped alone.
        """
        found = [it for it in self._all if any(_is_of(it.program.name, name) for name in names)]
        unknown = [name for name in names if not any(_is_of(it.program.name, name) for it in found)]
        if unknown:
            known = ", ".join(sorted(it.program.name for it in self._all if it.program.name != NEST))
            raise RuntimeError(f"nothing here is called {' or '.join(unknown)}; there are {known}")
        if any(it.program.name == NEST for it in found):
            raise RuntimeError("the nest forks the others and is not stopped alone: market down stops everything")
        return found

    def hold(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Stop these and leave them stopped until they are released; how they are then. Again changes nothing."""
        held = self.named(names)
        _stop_layers(held)
        self.publish()
        return [each.report() for each in held]

    def release(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Start those of these that are stopped, and wait until all are ready; how they are then.

        Raises `RuntimeError` for one that does not get ready, and when everything is being stopped.
        """
        released = self.named(names)
        with self._starting:
            if self._ended:
                raise RuntimeError("the marketplace is being stopped")
            for each in released:
                if not each.is_kept:
                    each.start()
        for each in released:
            each.wait_ready()
        self.publish()
        return [each.report() for each in released]

    def stop(self) -> None:
        """Stop the layers from the last started to the first, the programs of one layer together."""
        with self._starting:
            self._ended = True
        _stop_layers(self._all)


def _is_of(program: str, name: str) -> bool:
    return program == name or program.startswith(f"{name}-")


def _stop_layers(programs: Sequence[Supervised]) -> None:
    for layer in sorted({each.program.layer for each in programs}, reverse=True):
        stopping = [threading.Thread(target=each.stop) for each in programs if each.program.layer == layer]
        for thread in stopping:
            thread.start()
        for thread in stopping:
            thread.join()
