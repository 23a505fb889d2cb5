"""What the catalog service reads from its environment."""

from dataclasses import dataclass
from pathlib import Path

from shared.kit import settings as kit
from shared.kit.storage import StoringSettings

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, kw_only=True)
class Settings(StoringSettings):
    """Every variable of this service."""


def read_settings() -> Settings:
    """Read the environment; `BadSetting` names every variable that is missing or wrong."""
    return kit.read(Settings, service="catalog")
