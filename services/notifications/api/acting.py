"""Who acts and from where, when, and this service's own settings, for every door."""

from datetime import UTC, datetime
from typing import cast

from flask import request

from services.notifications.settings import Settings
from shared.kit.audit import By
from shared.kit.auth import Actor
from shared.kit.web import current_settings


def by(actor: Actor) -> By:
    """The acting person for trails; the address is the one that the gateway saw."""
    return By(actor.user_id, str(actor.role), request.remote_addr)


def own_settings() -> Settings:
    """The settings of this service."""
    return cast("Settings", current_settings())


def now() -> datetime:
    """The moment of the act."""
    return datetime.now(UTC)
