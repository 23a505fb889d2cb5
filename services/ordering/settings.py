"""What the ordering service reads from its environment."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

from marshmallow.validate import Range

from services.ordering.domain.cart_tokens import CartTokens
from shared.kit import settings as kit

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, kw_only=True)
class Settings(kit.Settings):
    """Every variable of this service."""

    house_vendor_id: str = ""
    """Who fulfils the marketplace's own products for customers who are on nobody's list; without it nobody."""
    reservation_seconds: Annotated[int, Range(5, 86_400)] = 900
    """How long the stock of an order that is not confirmed yet is kept for it; then the order is cancelled."""
    availability_milliseconds: Annotated[int, Range(10, 10_000)] = 300
    """How long catalog may take to say what is available before a cart is shown without it."""
    anonymous_cart_days: Annotated[int, Range(1, 365)] = 30
    """How long the cart of somebody who has not signed in is kept after its last change."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add a house vendor that is none."""
        yield from super().faults()
        if self.house_vendor_id and self.house_vendor is None:
            yield "house_vendor_id", "must be a UUID"

    @property
    def house_vendor(self) -> UUID | None:
        """The configured house vendor, if there is one."""
        try:
            return UUID(self.house_vendor_id) if self.house_vendor_id else None
        except ValueError:
            return None

    @property
    def cart_tokens(self) -> CartTokens:
        """What signs the carts of those who have not signed in."""
        return CartTokens(self.secret_key)


def read_settings() -> Settings:
    """Read the environment; `BadSetting` names every variable that is missing or wrong."""
    return kit.read(Settings, service="ordering")
