"""What the doors of identity share: the settings and the hashing of the app that serves this request."""

from __future__ import annotations

from typing import cast

from flask import current_app

from services.identity.domain.hashing import Hashing
from services.identity.settings import Settings
from shared.kit.web import current_kit

HASHING = "identity.hashing"


def current_settings() -> Settings:
    """The settings of identity."""
    return cast("Settings", current_kit().settings)


def current_hashing() -> Hashing:
    """The one place where this process hashes, so that its bound holds for all doors."""
    return cast("Hashing", current_app.extensions[HASHING])
