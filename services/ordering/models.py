"""The tables: what others say (`tables.replicas`), carts (`tables.carts`), orders and their parts (`tables.orders`),
and what is booked (`tables.money`)."""

from services.ordering.tables.carts import Cart, CartLine, DiscountCode
from services.ordering.tables.metadata import APPEND_ONLY, OPTIONAL, Base
from services.ordering.tables.money import AuditEntry, Commission, LedgerEntry, LedgerTransaction, Payout, PayoutClaim
from services.ordering.tables.orders import (
    CustomerOrder,
    OrderItem,
    OrderSaga,
    SagaStep,
    VendorOrder,
    VendorOrderCount,
    VendorOrderStep,
)
from services.ordering.tables.replicas import CommissionRate, ErasedCustomer, Product, Vendor, VendorCustomer

__all__ = [
    "APPEND_ONLY",
    "OPTIONAL",
    "AuditEntry",
    "Base",
    "Cart",
    "CartLine",
    "Commission",
    "CommissionRate",
    "CustomerOrder",
    "DiscountCode",
    "ErasedCustomer",
    "LedgerEntry",
    "LedgerTransaction",
    "OrderItem",
    "OrderSaga",
    "Payout",
    "PayoutClaim",
    "Product",
    "SagaStep",
    "Vendor",
    "VendorCustomer",
    "VendorOrder",
    "VendorOrderCount",
    "VendorOrderStep",
]
