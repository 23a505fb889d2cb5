"""What a service is made of, as its processes need to know it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from flask import Flask

import shared.messaging
from shared.kit.database import Database
from shared.kit.operations import Blueprint
from shared.kit.schema import MIGRATIONS as KIT_MIGRATIONS
from shared.kit.settings import Settings
from shared.messaging.doorbell import Doorbell
from shared.messaging.handlers import Handlers
from shared.messaging.outbox import DOORBELL
from shared.messaging.replay.projection import Projections
from shared.messaging.topology import Broker
from shared.runtime.reconcile import Reconciliation

MESSAGING_MIGRATIONS = Path(shared.messaging.__file__).parent / "migrations"


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: its settings, its web application, what it listens to, its tables and its scheduled tasks.

    `jobs` are click commands that are given the `Service` as their object and open what they need. `inside` are its
    own operations on the internal port, beside those that every service has; `reconciliations` compare its tables.
    """

    name: str
    version: str
    settings: Callable[[], Settings]
    create_app: Callable[[Any, Database], Flask]
    migrations: Path
    handlers: Handlers = field(default_factory=dict)
    projections: Projections = field(default_factory=Projections)
    jobs: Sequence[click.Command] = ()
    inside: Sequence[Blueprint] = ()
    reconciliations: Sequence[Reconciliation] = ()

    @property
    def versions(self) -> list[Path]:
        """Where the migrations of all that shares this service's database are."""
        return [KIT_MIGRATIONS, MESSAGING_MIGRATIONS, self.migrations]


def database_of(settings: Settings, process: str, **options: Any) -> Database:
    """Open the service's database for one process; a commit that wrote to the outbox rings the relay's bell."""
    info: Mapping[str, Any] = {DOORBELL: Doorbell(settings.relay_doorbell)} if settings.relay_doorbell else {}
    name = f"{settings.service}-{process}"
    return Database(settings.database_url, application_name=name, session_info=info, **options)


def broker_of(settings: Settings) -> Broker:
    """Where the service publishes and listens."""
    return Broker(settings.broker_url, settings.broker_namespace)
