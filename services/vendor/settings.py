"""What the vendor service reads from its environment."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from marshmallow.validate import Range

from shared.kit import settings as kit
from shared.kit.sealing import Seal
from shared.kit.signing import Links
from shared.kit.storage import StoringSettings

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, kw_only=True)
class Settings(StoringSettings):
    """Every variable of this service; rates in basis points (1/100 of a percent)."""

    default_commission_bps: Annotated[int, Range(0, 10_000)] = 1000
    """What a new vendor pays of each sale, in basis points (1/100 of a percent)."""
    document_link_seconds: Annotated[int, Range(10, 3600)] = 300
    """How long a link to a private document is good for."""

    @property
    def bank_seal(self) -> Seal:
        """What keeps bank details unreadable in the database and its backups."""
        return Seal(self.secret_key, "vendor bank details")

    @property
    def document_links(self) -> Links:
        """What signs the links to private documents."""
        return Links(self.secret_key, "vendor documents")


def read_settings() -> Settings:
    """Read the environment; `BadSetting` names every variable that is missing or wrong."""
    return kit.read(Settings, service="vendor")
