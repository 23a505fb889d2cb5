"""An event of each kind, with which its templates are shown."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.notifications.domain.kinds import Kind
from shared.events import ordering, vendor
from shared.events.catalog import ProductStockLow
from shared.events.event import Event
from shared.events.identity import PasswordResetRequested
from shared.events.notifications import NotificationFailed

AN_ID = UUID("019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_SHOP: dict[str, Any] = {"vendor_id": AN_ID, "user_id": AN_ID}
_ORDER: dict[str, Any] = {"order_id": AN_ID, "number": "ORD-7K3M9QX2", "customer_id": AN_ID}
_TOTAL: dict[str, Any] = {"total_amount": 7196, "currency": "EUR"}
_PART: dict[str, Any] = {
    "vendor_order_id": AN_ID,
    "order_id": AN_ID,
    "vendor_id": AN_ID,
    "customer_id": AN_ID,
    "number": "VND-ACME-20261120-0001",
}
_APPLICATION: dict[str, Any] = {"application_id": AN_ID, "user_id": AN_ID, "business_name": "Acme"}
_STOCK: dict[str, Any] = {"product_id": AN_ID, "title": "Cedar bowl", "sku": "BOWL-1", "available": 5, "threshold": 5}
_REFUSED = vendor.VendorInviteRefused(
    customer_id=AN_ID,
    vendor_id=AN_ID,
    invite_token_id=AN_ID,
    reason="expired",
    source="registration",
    refused_at=NOON,
)

SECRETS: Mapping[Kind, Mapping[str, str]] = {Kind.PASSWORD_RESET: {"code": "q8Zt"}}
"""What unfinished letters lack."""
SAMPLES: Mapping[Kind, Event] = {
    Kind.APPLICATION_SUBMITTED: vendor.VendorApplicationSubmitted(
        **_APPLICATION, business_email=None, submitted_at=NOON
    ),
    Kind.APPLICATION_APPROVED: vendor.VendorApproved(
        **_SHOP, name="Acme", slug="acme", code="ACME", commission_bps=1000, approved_at=NOON
    ),
    Kind.APPLICATION_REJECTED: vendor.VendorApplicationRejected(
        **_APPLICATION, reason="The documents cannot be read", rejected_at=NOON
    ),
    Kind.VENDOR_SUSPENDED: vendor.VendorSuspended(**_SHOP, reason="Many complaints", suspended_at=NOON),
    Kind.VENDOR_REACTIVATED: vendor.VendorReactivated(**_SHOP, reactivated_at=NOON),
    Kind.CUSTOMER_JOINED: vendor.VendorCustomerLinked(
        vendor_customer_id=AN_ID,
        vendor_id=AN_ID,
        customer_id=AN_ID,
        invite_token_id=AN_ID,
        source="registration",
        cause_id=AN_ID,
        linked_at=NOON,
    ),
    Kind.INVITATION_REFUSED: _REFUSED,
    Kind.INVITATION_REFUSED_VENDOR: _REFUSED,
    Kind.ORDER_PLACED: ordering.OrderPlaced(**_ORDER, **_TOTAL, placed_at=NOON),
    Kind.ORDER_CONFIRMED: ordering.OrderConfirmed(**_ORDER, **_TOTAL, vendor_orders=4, confirmed_at=NOON),
    Kind.ORDER_REJECTED: ordering.OrderRejected(
        **_ORDER,
        reason="There is not enough of it.",
        lines={"Cedar bowl": "2 wanted, 1 there"},
        rejected_at=NOON,
    ),
    Kind.ORDER_CANCELLED: ordering.OrderCancelled(**_ORDER, reason="It was not confirmed in time.", cancelled_at=NOON),
    Kind.PART_ACCEPTED: ordering.VendorOrderAccepted(**_PART, accepted_at=NOON),
    Kind.PART_PACKED: ordering.VendorOrderPacked(**_PART, packed_at=NOON),
    Kind.PART_SHIPPED: ordering.VendorOrderShipped(
        **_PART, carrier="DHL", tracking_number="JD014600006228974321", shipped_at=NOON
    ),
    Kind.PART_DELIVERED: ordering.VendorOrderDelivered(
        **_PART, currency="EUR", earnings_amount=1799, delivered_at=NOON
    ),
    Kind.PART_REJECTED: ordering.VendorOrderRejected(**_PART, reason="Broken in the kiln", rejected_at=NOON),
    Kind.PART_CANCELLED: ordering.VendorOrderCancelled(
        **_PART, reason="Broken in the kiln", by="vendor", cancelled_at=NOON
    ),
    Kind.VENDOR_ORDER_NEW: ordering.VendorOrderCreated(
        **_PART,
        currency="EUR",
        subtotal_amount=1999,
        shipping_amount=499,
        discount_amount=0,
        total_amount=2498,
        commission_bps=1000,
        commission_amount=200,
        earnings_amount=1799,
        created_at=NOON,
    ),
    Kind.VENDOR_ORDER_CANCELLED: ordering.VendorOrderCancelled(
        **_PART, reason="Ordered twice", by="customer", cancelled_at=NOON
    ),
    Kind.STOCK_LOW: ProductStockLow(**_STOCK, vendor_id=AN_ID, crossed_at=NOON),
    Kind.STOCK_LOW_MARKETPLACE: ProductStockLow(**_STOCK, vendor_id=None, crossed_at=NOON),
    Kind.PASSWORD_RESET: PasswordResetRequested(
        reset_id=AN_ID, customer_id=AN_ID, requested_at=NOON, expires_at=NOON + timedelta(hours=1)
    ),
    Kind.DELIVERY_FAILED: NotificationFailed(
        delivery_id=AN_ID,
        message_id=AN_ID,
        recipient_id=AN_ID,
        kind="order_confirmed",
        channel="email",
        reason="address",
        answer="550 5.1.1 No such mailbox",
        attempts=1,
        failed_at=NOON,
    ),
}
