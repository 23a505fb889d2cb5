"""The web application of the notifications service."""

from flask import Flask

from services.notifications import __version__
from services.notifications.api import (
    admin_deliveries,
    admin_previews,
    notifications,
    preferences,
    streams,
    unsubscribing,
)
from services.notifications.cookies import CookieBearer
from services.notifications.settings import Settings
from shared.kit import app as kit
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database

DOORS = (notifications, preferences, unsubscribing, streams, admin_deliveries, admin_previews)


def create_app(settings: Settings, database: Database, verifier: TokenVerifier | None = None) -> Flask:
    """Build the application; tokens are checked with identity's published keys unless a `verifier` is given."""
    app = kit.create_app(
        settings,
        title="Notifications",
        version=__version__,
        blueprints=[door.blueprint for door in DOORS],
        database=database,
        verifier=verifier,
    )
    app.wsgi_app = CookieBearer(app.wsgi_app)  # type: ignore[method-assign]
    return app
