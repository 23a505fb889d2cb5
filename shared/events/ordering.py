"""What ordering says: what was bought, how it was split among vendors, how each part fares, and what stock it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event, fact


@dataclass(frozen=True, kw_only=True)
class _OfOrder(Event):
    publisher: ClassVar[str] = "ordering"
    aggregate: ClassVar[str] = "order_id"

    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class _Order(_OfOrder):
    number: str
    customer_id: UUID


@fact
@dataclass(frozen=True, kw_only=True)
class OrderPlaced(_Order):
    """A customer has ordered; it is not known yet whether all of it is there. Amounts are in minor units."""

    type: ClassVar[str] = "order.placed"

    total_amount: int
    currency: str
    placed_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class OrderConfirmed(_Order):
    """An order stands and is split: its stock is sold from now on. Amounts are in minor units."""

    type: ClassVar[str] = "order.confirmed"

    total_amount: int
    currency: str
    vendor_orders: int
    confirmed_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class OrderRejected(_Order):
    """An order cannot be; `lines` says by product title what is the matter with it."""

    type: ClassVar[str] = "order.rejected"

    reason: str
    lines: Mapping[str, str]
    rejected_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class OrderCancelled(_Order):
    """An order was called off as a whole, by the customer or because it was not confirmed in time."""

    type: ClassVar[str] = "order.cancelled"

    reason: str
    cancelled_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class StockReserveRequested(_OfOrder):
    """An order asks catalog to put aside all of these quantities, by product id, or none of them."""

    type: ClassVar[str] = "stock.reserve_requested"

    quantities: Mapping[str, int]
    expires_at: datetime
    requested_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class StockReleaseRequested(_OfOrder):
    """An order gives these quantities, by product id, back to be sold to others; an empty mapping gives back all."""

    type: ClassVar[str] = "stock.release_requested"

    quantities: Mapping[str, int]
    reason: str
    requested_at: datetime


@dataclass(frozen=True, kw_only=True)
class _OfVendorOrder(Event):
    publisher: ClassVar[str] = "ordering"
    aggregate: ClassVar[str] = "vendor_order_id"

    vendor_order_id: UUID
    order_id: UUID
    vendor_id: UUID
    customer_id: UUID
    number: str


@fact
@dataclass(frozen=True, kw_only=True)
class VendorOrderCreated(_OfVendorOrder):
    """A vendor has a part of an order to fulfil. Amounts are in minor units, the commission's rate in basis points."""

    type: ClassVar[str] = "vendor_order.created"

    currency: str
    subtotal_amount: int
    shipping_amount: int
    discount_amount: int
    total_amount: int
    commission_bps: int
    commission_amount: int
    earnings_amount: int
    created_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorOrderAccepted(_OfVendorOrder):
    """The vendor will fulfil it."""

    type: ClassVar[str] = "vendor_order.accepted"

    accepted_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorOrderPacked(_OfVendorOrder):
    """It is packed; the customer can no longer cancel it."""

    type: ClassVar[str] = "vendor_order.packed"

    packed_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorOrderShipped(_OfVendorOrder):
    """It is on its way."""

    type: ClassVar[str] = "vendor_order.shipped"

    carrier: str
    tracking_number: str
    shipped_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorOrderDelivered(_OfVendorOrder):
    """It has arrived; the vendor has earned `earnings_amount` minor units."""

    type: ClassVar[str] = "vendor_order.delivered"

    currency: str
    earnings_amount: int
    delivered_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorOrderCancelled(_OfVendorOrder):
    """It was called off before it was shipped; `by` is `vendor` or `customer`."""

    type: ClassVar[str] = "vendor_order.cancelled"

    reason: str
    by: str
    cancelled_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorOrderRejected(_OfVendorOrder):
    """The vendor will not fulfil it."""

    type: ClassVar[str] = "vendor_order.rejected"

    reason: str
    rejected_at: datetime
