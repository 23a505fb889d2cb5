"""One run of the whole system: components, databases, migrations, processes, seeds, and the end of it all."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import FrameType
from typing import Any

from deploy.local import checkout, components, databases, plan, ports, seeding, seeds, stocking
from deploy.local.console import Console
from deploy.local.control import Control
from deploy.local.plan import Plan
from deploy.local.supervisor import Program, Supervised, Supervisor


class Stopped(BaseException):
    """Somebody asked the system to stop."""


class System:
    """Starts everything, stays until it is told to stop, and leaves nothing running."""

    def __init__(self, console: Console, asked_port: int | None) -> None:
        self._console = console
        self._began = time.monotonic()
        self._port, moved = ports.choose(asked_port)
        if moved:
            console.say(moved)
        self.address = f"http://localhost:{self._port}"
        self._facts: dict[str, Any] = {"pid": os.getpid(), "address": self.address, "ready": False, "components": {}}
        self._supervisor = Supervisor(console.line, self._publish)
        self._plan: Plan | None = None
        self._newcomers: list[str] = []

    def run(self, *, seeded: bool = True, stocked: bool = True) -> None:
        """Bring the system up and wait for SIGINT or SIGTERM."""
        checkout.prepare()
        Control(checkout.CONTROL, {"stop": self._supervisor.hold, "start": self._supervisor.release}).listen()
        with _signals():
            try:
                self._start(seeded, stocked)
                threading.Event().wait()
            except Stopped:
                self._console.say("stopping")
            finally:
                _ignore_signals()
                self._supervisor.stop()
                checkout.STATE.unlink(missing_ok=True)
        self._console.say("everything is stopped")

    def _start(self, seeded: bool, stocked: bool) -> None:
        self._publish([])
        with _hasty_pool() as pool:
            broker = pool.submit(components.broker, self._console.say)
            nginx = pool.submit(components.edge, self._console.say)
            static = pool.submit(self._build_static)
            postgres = components.postgres(self._console.say)
            self._told("PostgreSQL", postgres)
            database_ready = self._launch(postgres.programs)
            queue = broker.result()
            self._told("RabbitMQ", queue)
            broker_ready = pool.submit(self._wait, self._launch(queue.programs, wait_each=True))
            self._plan = Plan(postgres.url, queue.url, self.address)
            self._wait(database_ready)
            self._databases(pool)
            self._processes(broker_ready)
            static.result()
            self._edge(nginx.result())
        if seeded:
            self._seed(stocked)
        self._facts["ready"] = True
        self._supervisor.publish()
        self._console.ready(self.address, self._running.mailbox, time.monotonic() - self._began, seeded=seeded)

    def _databases(self, pool: ThreadPoolExecutor) -> None:
        running = self._running
        databases.provide(running.postgres_url, whole_server=components.POSTGRES_URL not in os.environ)
        pending = [service for service in plan.services() if not _is_migrated(service)]
        self._newcomers = [service for service in pending if checkout.remembered(f"migrated-{service}") is None]
        done = list(pool.map(self._migrate, pending))
        if done:
            self._console.say(f"migrated {', '.join(done)}")

    def _migrate(self, service: str) -> str:
        self.command([f"services.{service}", "migrate"], self._running.environment(service))
        checkout.remember(f"migrated-{service}", plan.migrations_digest(service))
        return service

    def _processes(self, broker_ready: Future[None]) -> None:
        programs = self._running.programs()
        early = [self._supervisor.start(it) for it in programs if not it.name.endswith(("-relay", "-consumer"))]
        broker_ready.result()
        late = [self._supervisor.start(it) for it in programs if it.name.endswith(("-relay", "-consumer"))]
        self._wait([*early, *late])
        self._console.say(f"{len(programs) - 1} processes are ready, of {', '.join(plan.services())} and the mailbox")
        if set(self._newcomers) < set(plan.services()):
            self._catch_up()

    def _catch_up(self) -> None:
        """Give services that are new in a system with a past what was published before they listened."""
        for service in self._newcomers:
            self._console.say(f"{service} is new here: it is told what was said before")
            self.command([f"services.{service}", "job", "reconcile", "--heal"], self._running.environment(service))

    def _edge(self, nginx: Any) -> None:
        folder = checkout.RUN / "edge"
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "nginx.conf"
        upstreams = [f"--upstream={name}={where}" for name, where in self._running.upstreams().items()]
        rendered = ["gateway.edge", "render", *upstreams, f"--listen=127.0.0.1:{self._port}", "--rate-factor=20"]
        paths = [f"--static={plan.static_folder()}", f"--out={config}", "--workers=1"]
        self.command([*rendered, *paths], self._running.pages_environment())
        arguments = ["-e", "stderr", "-p", str(folder), "-c", str(config)]
        components.check_nginx(nginx([*arguments, "-t"]))
        edge = Program(
            name="gateway", command=nginx(arguments), env=self._running.pages_environment(), cwd=folder, layer=3,
            log=checkout.LOGS / "gateway.log", stop_signal=signal.SIGTERM, ready=self._gateway_answers, quiet=True,
        )  # fmt: skip
        self._supervisor.start(edge).wait_ready()

    def _seed(self, stocked: bool) -> None:
        made = seeds.plant(self.address, self._running)
        if made:
            self._console.say(f"seeded {', '.join(made)}")
        if stocked and "catalog" in plan.services() and checkout.remembered("stocked") is None:
            self._console.say("stocking the shops, this once")
            seeding.seed(self.address)
            self._console.say(f"seeded {stocking.stock(self.address)}")
            checkout.remember("stocked", "yes")

    def _build_static(self) -> None:
        shutil.rmtree(plan.static_folder(), ignore_errors=True)
        self.command(["gateway.static", "build", str(plan.static_folder())], dict(os.environ))

    def _gateway_answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self._port}/", timeout=5).close()
        except urllib.request.HTTPError as error:
            return error.code < 500
        except OSError:
            return False
        return True

    def _launch(self, programs: tuple[Program, ...], *, wait_each: bool = False) -> list[Supervised]:
        started = []
        for program in programs:
            started.append(self._supervisor.start(program))
            if wait_each and program is not programs[-1]:
                started[-1].wait_ready()
        return started

    def _wait(self, started: list[Supervised]) -> None:
        for each in started:
            each.wait_ready()

    @property
    def _running(self) -> Plan:
        if self._plan is None:
            raise RuntimeError("nothing is running yet")
        return self._plan

    def command(self, arguments: list[str], env: dict[str, str]) -> None:
        """Run a module of this checkout to its end; refuses with what it printed when it fails."""
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(command, cwd=checkout.ROOT, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"python -m {' '.join(arguments[:2])} failed:\n{done.stdout}{done.stderr}".rstrip())

    def _told(self, name: str, component: components.Component) -> None:
        self._facts["components"][name] = component.source
        self._console.say(f"{name}: {component.source}")

    def _publish(self, programs: list[dict[str, Any]]) -> None:
        checkout.write_state({**self._facts, **(self._plan.addresses() if self._plan else {}), "programs": programs})


@contextlib.contextmanager
def _hasty_pool() -> Iterator[ThreadPoolExecutor]:
    """A pool that is left without waiting when the start is broken off: what it waits for is about to be stopped."""
    pool = ThreadPoolExecutor(thread_name_prefix="start")
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _is_migrated(service: str) -> bool:
    return checkout.remembered(f"migrated-{service}") == plan.migrations_digest(service)


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Stopped

    previous = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)


def _ignore_signals() -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
