"""Which processes make up the system, and the environment that each is given."""

from __future__ import annotations

import os
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local import checkout, databases, ports, processes
from deploy.local.supervisor import Program

_LOADED_LATE = ("shared.runtime.web", "shared.runtime.processes", "alembic.command", "httpx")
"""What processes load when they come to need it; loaded beforehand it is shared."""
KINDS = ("web", "relay", "consumer", "scheduler")
MAILBOX, SMTP = "mailbox", "mailbox smtp"
MAILBOX_PORT = 8025
_PASSED = ("PATH", "LANG", "LC_ALL", "TZ", "TERM")


def services() -> list[str]:
    """The services of this checkout: every folder below `services` that can be run."""
    return sorted(entry.parent.name for entry in (checkout.ROOT / "services").glob("*/__main__.py"))


def kinds(service: str) -> list[str]:
    """The processes of a service: those that every service has, and its own, each a module in its folder for them."""
    own = (checkout.ROOT / "services" / service / "processes").glob("[a-z]*.py")
    return [*KINDS, *sorted(file.stem for file in own)]


def has_pages() -> bool:
    """Whether this checkout has the web client."""
    return (checkout.ROOT / "gateway/web/__main__.py").exists()


@dataclass
class Plan:
    """The addresses of one run, and what follows from them. `address` is the gateway's; given ports are kept."""

    postgres_url: str
    broker_url: str
    address: str
    ports: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ports.setdefault(MAILBOX, ports.next_free(MAILBOX_PORT))
        for name in _named_ports():
            if name not in self.ports:
                self.ports[name] = processes.free_port(frozenset(self.ports.values()))

    @property
    def mailbox(self) -> str:
        """Where every mail is shown."""
        return f"http://localhost:{self.ports[MAILBOX]}"

    def addresses(self) -> dict[str, Any]:
        """What commands need to speak with this run."""
        servers = {"postgres_url": self.postgres_url, "broker_url": self.broker_url}
        return {**servers, "ports": self.ports, MAILBOX: self.mailbox}

    def upstreams(self) -> dict[str, str]:
        """Where the edge finds each service, and who answers for one what lasts."""
        found = {service: f"127.0.0.1:{self.ports[f'{service} web']}" for service in services()}
        streaming = [service for service in services() if "stream" in kinds(service)]
        found |= {f"{service}_stream": f"127.0.0.1:{self.ports[f'{service} stream']}" for service in streaming}
        return found | ({"web": f"127.0.0.1:{self.ports['pages web']}"} if has_pages() else {})

    def environment(self, service: str, kind: str = "web") -> dict[str, str]:
        """The settings of one process of a service."""
        own = {
            "DATABASE_URL": databases.url(self.postgres_url, service),
            "MIGRATE_DATABASE_URL": databases.url(self.postgres_url, service, "owner"),
            "BROKER_URL": self.broker_url,
            "STORAGE_FOLDER": str(checkout.DATA / "files" / service),
            "SERVICE_TOKEN": checkout.secret("service token"),
            **{f"{name.upper()}_INTERNAL_URL": where for name, where in internal_urls(self.ports).items()},
            "RELAY_DOORBELL": f"127.0.0.1:{self.ports[f'{service} doorbell']}",
        }
        return self._common(service, kind) | own | (self._post() if service == "notifications" else {})

    def _post(self) -> dict[str, str]:
        """Where mails go, and who they say they come from."""
        mails = {"SMTP_URL": f"smtp://127.0.0.1:{self.ports[SMTP]}", "FROM": "Market <post@market.example>"}
        return {f"NOTIFICATIONS_{name}": value for name, value in mails.items()}

    def pages_environment(self) -> dict[str, str]:
        """The settings of the web client."""
        return self._common("pages", "web") | {"SERVICE": "web", "STATIC_FOLDER": str(checkout.RUN / "static")}

    def programs(self) -> list[Program]:
        """The nest, and every process that it forks: those of every service, the web client, the mailbox."""
        found = [
            self._program(f"{service}-{kind}", [f"services.{service}", kind], self.environment(service, kind))
            for service in services()
            for kind in kinds(service)
        ]
        if has_pages():
            found.append(self._program("pages", ["gateway.web"], self.pages_environment()))
        found.append(self._mailbox())
        return [self._nest(sorted({each.command[0] for each in found})), *found]

    def _nest(self, modules: list[str]) -> Program:
        apps = [f"{module}.app" for module in modules if module.startswith("services.")]
        imported = [*(f"{module}.__main__" for module in modules), *apps, *_LOADED_LATE]
        command = [sys.executable, "-m", "deploy.local.nest", str(_nest()), *imported]
        log = checkout.LOGS / "nest.log"
        return Program(name="nest", command=command, env=self._places("nest"), cwd=checkout.ROOT, log=log, layer=1)

    def _mailbox(self) -> Program:
        """What takes the mails; those that are sent while it is away are sent again by whoever wrote them."""
        where = [f"--smtp={self.ports[SMTP]}", f"--http={self.ports[MAILBOX]}"]
        command = ["deploy.local.mailbox", str(checkout.DATA / "mail"), *where]
        env = self._places(MAILBOX) | {"INTERNAL_PORT": str(self.ports[MAILBOX])}
        return self._program(MAILBOX, command, env)

    def _program(self, name: str, command: list[str], env: dict[str, str]) -> Program:
        log, ready = checkout.LOGS / f"{name}.log", _answers(int(env["INTERNAL_PORT"]))
        return Program(name=name, command=command, env=env, cwd=checkout.ROOT, log=log, ready=ready, nest=_nest())

    def _common(self, service: str, kind: str) -> dict[str, str]:
        places = self._places(f"{service}-{kind}")
        keys = f"{self.upstreams().get('identity', '127.0.0.1:9')}/.well-known/jwks.json"
        return places | {
            "SERVICE": service,
            "ENVIRONMENT": "local",
            "SECRET_KEY": checkout.secret(f"{service} secret key"),
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(self.ports[f"{service} {kind}"]),
            "INTERNAL_PORT": str(self.ports[f"{service} {kind} internal"]),
            "GATEWAY_URL": self.address,
            "JWKS_URL": f"http://{keys}",
            "LOG_FORMAT": "console",
            "GRACE_SECONDS": "5",
            **{f"{name.upper()}_URL": f"http://{where}" for name, where in self.upstreams().items()},
        }

    def _places(self, name: str) -> dict[str, str]:
        scratch = checkout.RUN / "tmp" / name
        scratch.mkdir(parents=True, exist_ok=True)
        return {key: os.environ[key] for key in _PASSED if key in os.environ} | {
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "XDG_CACHE_HOME": str(scratch),
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",
            "MALLOC_MMAP_THRESHOLD_": "131072",  # stated, it stays: what a password's hash took is given back
            "MALLOC_TRIM_THRESHOLD_": "131072",
        }


def _named_ports() -> Iterator[str]:
    """What needs a port: the mails, each process two, and each service's bell."""
    yield SMTP
    for service in (*services(), "pages"):
        yield f"{service} doorbell"
        for kind in kinds(service):
            yield from (f"{service} {kind}", f"{service} {kind} internal")


def internal_urls(ports: Mapping[str, int]) -> dict[str, str]:
    """Where each service's web process answers other services."""
    return {service: f"http://127.0.0.1:{ports[f'{service} web internal']}" for service in services()}


def _nest() -> Path:
    return checkout.RUN / "tmp" / "nest.socket"


def _answers(port: int) -> Callable[[], bool]:
    """A check whether a process says on its internal port that it is ready."""

    def ready() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return ready


def migrations_digest(service: str) -> str:
    """Changes whenever something that a migration of this service runs has changed."""
    root = checkout.ROOT
    shared = (root / "shared/kit/migrations", root / "shared/messaging/migrations", root / "shared/kit/alembic_env")
    return checkout.digest(root / f"services/{service}/migrations", *shared)


def static_folder() -> Path:
    """Where the built static files lie."""
    return checkout.RUN / "static"
