"""The split of an order into its vendors' parts: pure, exact to the minor unit, and indifferent to the lines' order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from services.ordering.domain.allocation import allocate
from services.ordering.domain.commission import commission
from services.ordering.domain.routing import Route
from shared.events.ids import derived_id


class Line(NamedTuple):
    """So many of a product at a price in minor units, and who fulfils it; a product is in one line."""

    product_id: UUID
    title: str
    sku: str
    picture: str | None
    unit_price: int
    quantity: int
    route: Route

    @property
    def subtotal(self) -> int:
        """What the line costs before any discount."""
        return self.unit_price * self.quantity


class Terms(NamedTuple):
    """What holds for a vendor at a moment: code, shipping per part (minor units), rate, the announcement it is of."""

    code: str
    shipping: int
    commission_bps: int
    rate_version: int


class Item(NamedTuple):
    """A line as it is written."""

    id: UUID
    vendor_order_id: UUID
    product_id: UUID
    title: str
    sku: str
    picture: str | None
    routed_by: str
    quantity: int
    unit_price: int
    subtotal: int
    discount: int


class Part(NamedTuple):
    """A vendor's part as it is written, its number apart."""

    id: UUID
    vendor_id: UUID
    code: str
    subtotal: int
    shipping: int
    discount: int
    total: int
    commission_bps: int
    rate_version: int
    commission: int
    earnings: int


@dataclass(frozen=True)
class Split:
    """Parts and items, each by its product's or vendor's id in order, and what they add up to."""

    parts: tuple[Part, ...]
    items: tuple[Item, ...]
    subtotal: int
    shipping: int
    discount: int

    @property
    def total(self) -> int:
        """What the customer pays."""
        return self.subtotal + self.shipping - self.discount

    def plan(self) -> dict[str, Any]:
        """What is kept with the order, to be written as it is once the stock is there."""
        parts, items = ([row._asdict() for row in rows] for rows in (self.parts, self.items))
        return {"parts": parts, "items": items}


def split(order_id: UUID, lines: Iterable[Line], terms: Mapping[UUID, Terms], discount: int) -> Split:
    """Group lines by who fulfils them, and share the discount (at most the subtotal) out once, over the lines.

    A part's discount is that of its lines, its shipping is charged once, its commission is on its subtotal before the
    discount, which the marketplace bears. Ids follow from the order's, so the same order is always split alike.
    """
    ordered = sorted(lines, key=lambda line: line.product_id)
    shares = allocate(discount, {line.product_id: line.subtotal for line in ordered})
    ids = {vendor: part_id(order_id, vendor) for vendor in sorted({line.route.vendor_id for line in ordered})}
    items = tuple(_item(order_id, ids, line, shares[line.product_id]) for line in ordered)
    by_part: dict[UUID, list[Item]] = defaultdict(list)
    for item in items:
        by_part[item.vendor_order_id].append(item)
    parts = tuple(_part(key, vendor, by_part[key], terms[vendor]) for vendor, key in ids.items())
    shipping = sum(part.shipping for part in parts)
    return Split(parts, items, sum(item.subtotal for item in items), shipping, discount)


def part_id(order_id: UUID, vendor_id: UUID) -> UUID:
    """The id of a vendor's part of an order."""
    return derived_id(order_id, f"vendor_order {vendor_id}")


def _item(order_id: UUID, parts: Mapping[UUID, UUID], line: Line, discount: int) -> Item:
    return Item(
        id=derived_id(order_id, f"order_item {line.product_id}"),
        vendor_order_id=parts[line.route.vendor_id],
        product_id=line.product_id,
        title=line.title,
        sku=line.sku,
        picture=line.picture,
        routed_by=str(line.route.rule),
        quantity=line.quantity,
        unit_price=line.unit_price,
        subtotal=line.subtotal,
        discount=discount,
    )


def _part(key: UUID, vendor_id: UUID, items: Sequence[Item], terms: Terms) -> Part:
    subtotal, discount = sum(item.subtotal for item in items), sum(item.discount for item in items)
    taken = commission(subtotal, terms.commission_bps)
    return Part(
        id=key,
        vendor_id=vendor_id,
        code=terms.code,
        subtotal=subtotal,
        shipping=terms.shipping,
        discount=discount,
        total=subtotal + terms.shipping - discount,
        commission_bps=terms.commission_bps,
        rate_version=terms.rate_version,
        commission=taken,
        earnings=subtotal - taken,
    )
