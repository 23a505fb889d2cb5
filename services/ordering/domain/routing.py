"""Which vendor fulfils a line, and by which rule: the product's own; else the customer's; else the house's."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Rule(StrEnum):
    """Why a line goes to a vendor."""

    PRODUCT_VENDOR = "product_vendor"
    LINKED_VENDOR = "linked_vendor"
    HOUSE_VENDOR = "house_vendor"


class Route(NamedTuple):
    """Who fulfils a line, and by which rule."""

    vendor_id: UUID
    rule: Rule


def route(product_vendor: UUID | None, linked: Sequence[UUID], house: UUID | None) -> Route | None:
    """Choose who fulfils a line: `linked` are the customer's approved vendors, the earliest link first.

    None if nobody does: the marketplace's own product, a customer on nobody's list, and no house vendor.
    """
    if product_vendor:
        return Route(product_vendor, Rule.PRODUCT_VENDOR)
    if linked:
        return Route(linked[0], Rule.LINKED_VENDOR)
    return Route(house, Rule.HOUSE_VENDOR) if house else None
