"""What a service is made of, as its processes need to know it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

import shared.kit
import shared.messaging
from shared.kit.database import Database
from shared.kit.settings import Settings
from shared.messaging.doorbell import Doorbell
from shared.messaging.handlers import Handlers
from shared.messaging.outbox import DOORBELL
from shared.messaging.replay.projection import Projections
from shared.runtime.reconcile import Reconciliation

if TYPE_CHECKING:
    from flask import Flask

    from shared.kit.operations import Blueprint
    from shared.messaging.topology import Broker

KIT_MIGRATIONS = Path(shared.kit.__path__[0]) / "migrations"
MESSAGING_MIGRATIONS = Path(shared.messaging.__file__).parent / "migrations"


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    """A job that the scheduler runs again `every` so long after it has ended, with these arguments.

    It may run twice, or not for a while, and while others run: it takes what is due and leaves the rest. Only one of
    its name works at a time in a database, whoever runs it.
    """

    command: click.Command
    every: timedelta
    arguments: Sequence[str] = ()

    @property
    def name(self) -> str:
        """What the job is called."""
        return str(self.command.name)


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: its settings, its web application, what it listens to, its tables and its jobs.

    `jobs` are click commands that are given the `Service` as their object and work with `jobs.opened`; those in
    `schedule` are jobs too, and the scheduler runs them. `reconciliations` compare its tables. `web` names the module
    of its web application, which only those who serve it load: all others are a third smaller without. `processes` are
    those that it has besides those of every service, each with its module in the service's folder `processes`, which
    has a `run(service, settings)` and says in its first sentence what it does.
    """

    name: str
    version: str
    settings: Callable[[], Settings]
    web: str
    migrations: Path
    handlers: Handlers = field(default_factory=dict)
    projections: Projections = field(default_factory=Projections)
    jobs: Sequence[click.Command] = ()
    schedule: Sequence[Scheduled] = ()
    reconciliations: Sequence[Reconciliation] = ()
    processes: Mapping[str, str] = field(default_factory=dict)

    def create_app(self, settings: Settings, database: Database) -> "Flask":
        """Build the web application."""
        return cast("Flask", import_module(self.web).create_app(settings, database))

    def inside(self) -> "Sequence[Blueprint]":
        """Its own operations on the internal port, beside those that every service has."""
        return cast("Sequence[Blueprint]", getattr(import_module(self.web), "INSIDE", ()))

    @property
    def versions(self) -> list[Path]:
        """Where the migrations of all that shares this service's database are."""
        return [KIT_MIGRATIONS, MESSAGING_MIGRATIONS, self.migrations]


def database_of(settings: Settings, process: str, **options: Any) -> Database:
    """Open the service's database for one process; a commit that wrote to the outbox rings the relay's bell."""
    info: Mapping[str, Any] = {DOORBELL: Doorbell(settings.relay_doorbell)} if settings.relay_doorbell else {}
    name = f"{settings.service}-{process}"
    return Database(settings.database_url, application_name=name, session_info=info, **options)


def broker_of(settings: Settings) -> "Broker":
    """Where the service publishes and listens."""
    from shared.messaging.topology import Broker  # who speaks to no broker is smaller without it

    return Broker(settings.broker_url, settings.broker_namespace)
