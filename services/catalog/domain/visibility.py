"""Who sees what: one rule, said once for people (`decide`, which names its reason) and once for queries (`VISIBLE`).

A test holds the two equal on random settings. Whoever lists, searches, counts or sells products asks one of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

PUBLISHED = ("active", "out_of_stock")
"""The statuses in which a seller shows a product to others."""


class Rule(StrEnum):
    """What decided, in the order in which it is asked."""

    NO_PRODUCT = "no_product"
    DELETED = "deleted"
    NOT_PUBLISHED = "not_published"
    VENDOR_UNKNOWN = "vendor_unknown"
    VENDOR_NOT_APPROVED = "vendor_not_approved"
    PUBLIC = "public"
    LINKED = "linked"
    NOT_LINKED = "not_linked"


@dataclass(frozen=True)
class ProductState:
    """A product at a moment, and the event that made it so."""

    vendor_id: UUID | None
    status: str
    visibility: str
    deleted: bool
    event_id: UUID | None = None


@dataclass(frozen=True)
class VendorState:
    """A vendor's standing at a moment, and the event that said so."""

    status: str
    event_id: UUID | None = None


@dataclass(frozen=True)
class LinkState:
    """Whether a customer is on the vendor's list at a moment, and the event that said so."""

    linked: bool
    event_id: UUID | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether somebody sees a product, which rule decided, and the event that made it decide so, if there was one."""

    rule: Rule
    visible: bool
    event_id: UUID | None = None


def decide(product: ProductState | None, vendor: VendorState | None, link: LinkState | None) -> Verdict:
    """Judge one product for one customer; `link` is None for anybody who was never on the list, and for visitors."""
    if product is None:
        return Verdict(Rule.NO_PRODUCT, visible=False)
    if product.deleted:
        return Verdict(Rule.DELETED, visible=False, event_id=product.event_id)
    if product.status not in PUBLISHED:
        return Verdict(Rule.NOT_PUBLISHED, visible=False, event_id=product.event_id)
    if product.vendor_id is not None and vendor is None:
        return Verdict(Rule.VENDOR_UNKNOWN, visible=False)
    if product.vendor_id is not None and vendor is not None and vendor.status != "approved":
        return Verdict(Rule.VENDOR_NOT_APPROVED, visible=False, event_id=vendor.event_id)
    if product.visibility == "public":
        return Verdict(Rule.PUBLIC, visible=True, event_id=product.event_id)
    if link is not None and link.linked:
        return Verdict(Rule.LINKED, visible=True, event_id=link.event_id)
    return Verdict(Rule.NOT_LINKED, visible=False, event_id=link.event_id if link else product.event_id)


LISTED = "listing l LEFT JOIN vendor v ON v.id = l.vendor_id"
"""What `VISIBLE` is a condition on."""

VISIBLE = """
    NOT l.deleted AND l.status IN ('active', 'out_of_stock')
    AND (l.vendor_id IS NULL OR v.status = 'approved')
    AND (l.visibility = 'public' OR l.vendor_id = ANY (ARRAY(
        SELECT k.vendor_id FROM link k WHERE k.customer_id = CAST(:viewer AS uuid) AND k.linked)))
"""
"""The rule as a condition on `LISTED`, for the customer `:viewer`; null is a visitor. Links are read as they are."""

BUYABLE = "l.status = 'active' AND l.available > 0"
"""What makes a visible product one that can be bought."""

SHOWN_STATUS = "CASE WHEN l.status = 'active' AND l.available <= 0 THEN 'out_of_stock' ELSE l.status END"
"""What is said of a product's status: nobody is told that something is there when nothing is left."""
