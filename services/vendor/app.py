"""The web application of the vendor service."""

from flask import Flask

from services.vendor import __version__
from services.vendor.api import (
    admin_applications,
    admin_events,
    admin_mappings,
    admin_vendors,
    applications,
    customers,
    documents,
    inside,
    invitations,
    invites,
    pictures,
    vendors,
)
from services.vendor.settings import Settings
from shared.kit import app as kit
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database

DOORS = (
    invites,
    invitations,
    customers,
    applications,
    documents,
    vendors,
    pictures,
    admin_applications,
    admin_vendors,
    admin_mappings,
    admin_events,
)


INSIDE = (inside.blueprint,)


def create_app(settings: Settings, database: Database, verifier: TokenVerifier | None = None) -> Flask:
    """Build the application; tokens are checked with identity's published keys unless a `verifier` is given."""
    return kit.create_app(
        settings,
        title="Vendor",
        version=__version__,
        blueprints=[door.blueprint for door in DOORS],
        database=database,
        verifier=verifier,
    )
