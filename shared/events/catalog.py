"""What catalog says: what is sold and for how much, and what became of the stock that an order asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event, fact


@dataclass(frozen=True, kw_only=True)
class _OfProduct(Event):
    publisher: ClassVar[str] = "catalog"
    aggregate: ClassVar[str] = "product_id"

    product_id: UUID
    vendor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class _Described(_OfProduct):
    title: str
    slug: str
    sku: str
    price_amount: int
    currency: str
    status: str
    visibility: str
    category_id: UUID | None
    picture: str | None


@fact
@dataclass(frozen=True, kw_only=True)
class ProductCreated(_Described):
    """A product exists. Its price is in minor units of an ISO 4217 currency; the marketplace's own have no vendor.

    `status` is `draft`, `active`, `inactive` or `out_of_stock`, `visibility` is `public` or `linked`.
    """

    type: ClassVar[str] = "product.created"

    created_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class ProductUpdated(_Described):
    """A product is as it says here, whatever it was before; one that was deleted is back."""

    type: ClassVar[str] = "product.updated"

    updated_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class ProductDeleted(_OfProduct):
    """A product is no longer sold; what was ordered of it stays ordered."""

    type: ClassVar[str] = "product.deleted"

    deleted_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class ProductStockLow(_OfProduct):
    """What is left of a product has fallen to its threshold or below; said once until it has risen above again."""

    type: ClassVar[str] = "product.stock_low"

    title: str
    sku: str
    available: int
    threshold: int
    crossed_at: datetime


@dataclass(frozen=True, kw_only=True)
class _OfReservation(Event):
    publisher: ClassVar[str] = "catalog"
    aggregate: ClassVar[str] = "order_id"

    order_id: UUID


@fact
@dataclass(frozen=True, kw_only=True)
class StockReserved(_OfReservation):
    """Everything that an order asked for is put aside for it until `expires_at`, unless it is confirmed before."""

    type: ClassVar[str] = "stock.reserved"

    reserved_at: datetime
    expires_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class StockRejected(_OfReservation):
    """Nothing was put aside for an order. `lacking` says by product id how many there were of what was too few."""

    type: ClassVar[str] = "stock.rejected"

    reason: str
    lacking: Mapping[str, int]
    rejected_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class StockReleased(_OfReservation):
    """These quantities, by product id, can be sold to others again: `reason` is `requested` or `expired`."""

    type: ClassVar[str] = "stock.released"

    reason: str
    quantities: Mapping[str, int]
    released_at: datetime
