"""What identity reads from its environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from marshmallow.validate import Range

from services.identity.domain import demo
from services.identity.domain.access_tokens import Issuer
from shared.kit import settings as kit
from shared.kit.sealing import Seal

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, kw_only=True)
class Settings(kit.Settings):
    """Every variable of this service; lifetimes in the unit that their name says."""

    access_token_seconds: Annotated[int, Range(30, 3600)] = 900
    """How long an access token is believed."""
    sign_in_days: Annotated[int, Range(1, 365)] = 30
    """How long a sign-in can be renewed."""
    hash_concurrency: Annotated[int, Range(1, 64)] = 2
    """Password hashes computed at once in each process; each takes a core and 19 MiB."""
    hash_queue: Annotated[int, Range(0, 10_000)] = 128
    """Requests that may wait for one; more are told to come again."""

    @property
    def access_token_lifetime(self) -> timedelta:
        """How long an access token is believed."""
        return timedelta(seconds=self.access_token_seconds)

    @property
    def sign_in_lifetime(self) -> timedelta:
        """How long a sign-in can be renewed."""
        return timedelta(days=self.sign_in_days)

    @property
    def seal(self) -> Seal:
        """What keeps the private signing keys unreadable in the database and its backups."""
        return Seal(self.secret_key, "identity signing keys")

    @property
    def issuer(self) -> Issuer:
        """What every access token has in common."""
        return Issuer(self.token_issuer, self.token_audience, self.access_token_lifetime, self.seal)

    @property
    def forbidden_passwords(self) -> frozenset[str]:
        """Passwords that the documentation tells the world; only the local system may know them."""
        return frozenset({demo.PASSWORD}) if self.environment == "production" else frozenset()


def read_settings() -> Settings:
    """Read the environment; `BadSetting` names every variable that is missing or wrong."""
    return kit.read(Settings, service="identity")
