"""The app behind a service's internal port: for other services, with the service token, and for nobody else."""

from flask import Flask

from shared.kit import app as kit
from shared.kit.database import Database
from shared.kit.settings import Settings
from shared.runtime.inspection import api, reconciling
from shared.runtime.service import Service


def create_internal_app(service: Service, settings: Settings, database: Database) -> Flask:
    """Build what a web process mounts below `/internal/`: what all services have, and what this one adds."""
    return kit.create_app(
        settings,
        title=f"{service.name}, internally",
        version=service.version,
        blueprints=[*api.blueprints(service), reconciling.blueprint(service, settings), *service.inside()],
        database=database,
        largest_body=8 * 1024 * 1024,
    )
