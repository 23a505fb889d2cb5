"""What the vendor service reads from its environment."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from marshmallow.validate import Range

from shared.kit import settings as kit

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, kw_only=True)
class Settings(kit.Settings):
    """Every variable of this service; rates in basis points (1/100 of a percent)."""

    default_commission_bps: Annotated[int, Range(0, 10_000)] = 1000
    """What a new vendor pays of each sale, in basis points (1/100 of a percent)."""


def read_settings() -> Settings:
    """Read the environment; `BadSetting` names every variable that is missing or wrong."""
    return kit.read(Settings, service="vendor")
