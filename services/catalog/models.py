"""The tables: what is sold and what lists are read from (`tables.products`), who sells and who is linked to them
(`tables.people`), and how many there are (`tables.stock`);
and files of products that were sent (`tables.imports`)."""

from services.catalog.tables.imports import ImportJob, ImportRow
from services.catalog.tables.metadata import OPTIONAL, Base
from services.catalog.tables.people import Link, LinkChange, Vendor, VendorStatus
from services.catalog.tables.products import (
    APPEND_ONLY,
    AuditEntry,
    Category,
    Listing,
    ListingLanguage,
    Product,
    ProductImage,
    ProductSku,
    ProductVersion,
)
from services.catalog.tables.stock import Stock, StockMovement, StockReservation, StockReservationLine

__all__ = [
    "APPEND_ONLY",
    "OPTIONAL",
    "AuditEntry",
    "Base",
    "Category",
    "ImportJob",
    "ImportRow",
    "Link",
    "LinkChange",
    "Listing",
    "ListingLanguage",
    "Product",
    "ProductImage",
    "ProductSku",
    "ProductVersion",
    "Stock",
    "StockMovement",
    "StockReservation",
    "StockReservationLine",
    "Vendor",
    "VendorStatus",
]
