"""The web application of identity."""

from __future__ import annotations

from flask import Flask

from services.identity import __version__
from services.identity.api import addresses, inside, passwords, sign_ins, signing_keys, users
from services.identity.api.current import HASHING
from services.identity.demo_guard import DemoGuard
from services.identity.domain.hashing import Hashing
from services.identity.own_keys import OwnKeys
from services.identity.settings import Settings
from shared.kit import app as kit
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database

BLUEPRINTS = (users, sign_ins, passwords, addresses, signing_keys)
INSIDE = (inside.blueprint,)


def create_app(settings: Settings, database: Database) -> Flask:
    """Build the application. Raises `DemoPeopleFound` in production if a demonstration account is in the database."""
    app = kit.create_app(
        settings,
        title="Identity",
        version=__version__,
        blueprints=[door.blueprint for door in BLUEPRINTS],
        database=database,
        verifier=_verifier(settings, database),
    )
    app.extensions[HASHING] = Hashing(concurrency=settings.hash_concurrency, queue=settings.hash_queue)
    if settings.environment == "production":
        app.before_request(DemoGuard(database).at_start())
    return app


def _verifier(settings: Settings, database: Database) -> TokenVerifier:
    return TokenVerifier(OwnKeys(database), issuer=settings.token_issuer, audience=settings.token_audience)
