"""How carts and orders are laid out for their shapes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.ordering.domain.baskets import SENTENCES, Judged
from services.ordering.domain.explaining import Way
from services.ordering.domain.orders import Part, Whole
from services.ordering.domain.placing import Placed
from services.ordering.domain.quotes import Quote
from services.ordering.domain.splitting import Split
from services.ordering.models import OrderItem, Payout

SUMS = ("subtotal", "shipping", "discount", "total")
SMALL = 240
"""The least width, in pixels, that catalog keeps every picture in."""


def money(amount: int | None, currency: str | None) -> dict[str, Any] | None:
    """An amount as it is shown; null for none."""
    return None if amount is None or currency is None else {"amount": amount, "currency": currency}


def sums(row: Any, currency: str) -> dict[str, Any]:
    """The four sums that orders and parts have."""
    return {name: money(getattr(row, name), currency) for name in SUMS}


def picture(product_id: UUID, digest: str | None) -> str | None:
    """Where catalog shows a product's picture, small, by what it is known by here; null for one without."""
    return f"/api/products/media/{product_id.hex}-{digest[:32]}-{SMALL}.webp" if digest else None


def cart(quoted: Quote, available: Mapping[UUID, int], token: str | None) -> dict[str, Any]:
    """A cart, as it would be ordered now."""
    currency = next(iter(quoted.basket.currencies), None)
    totals = sums(quoted.split, currency) if quoted.split and currency else dict.fromkeys(SUMS)
    return {
        "version": quoted.cart.version if quoted.cart else 0,
        "items": [_line(judged, available) for judged in quoted.basket.lines],
        "parts": _shares(quoted, quoted.split, currency) if quoted.split and currency else [],
        **totals,
        "discount_code": quoted.cart.discount_code if quoted.cart else None,
        "discount_problem": quoted.discount_problem,
        "token": token,
    }


def _line(judged: Judged, available: Mapping[UUID, int]) -> dict[str, Any]:
    row, seller, problem = judged.row, judged.seller, judged.problem
    price = None if row.title is None else money(row.price_amount, row.currency)
    return {
        "product_id": row.product_id,
        "title": row.title or row.known_as,
        "slug": row.slug,
        "picture": picture(row.product_id, row.picture),
        "vendor_id": seller.id if seller else row.vendor_id,
        "vendor_name": seller.name if seller else None,
        "quantity": row.quantity,
        "unit_price": price,
        "price_before": money(row.seen_amount, row.seen_currency) if judged.moved else None,
        "subtotal": money(row.price_amount * row.quantity, row.currency) if price else None,
        "available": available.get(row.product_id),
        "problem": {"code": problem, "sentence": SENTENCES[problem]} if problem else None,
    }


def _shares(quoted: Quote, split: Split, currency: str) -> list[dict[str, Any]]:
    sellers = quoted.basket.sellers
    return [
        {"vendor_id": part.vendor_id, "vendor_name": sellers[part.vendor_id].name, **sums(part, currency)}
        for part in split.parts
    ]


def placed(order: Placed) -> dict[str, Any]:
    """What a customer is told of an order that was taken."""
    total = money(order.total, order.currency)
    return {"id": order.id, "number": order.number, "status": order.status, "total": total}


def listed(found: Whole) -> dict[str, Any]:
    """An order in its customer's list."""
    order = found.order
    return {
        "id": order.id,
        "number": order.number,
        "status": found.status,
        **sums(order, order.currency),
        "placed_at": order.placed_at,
        "vendor_orders": [part(each) for each in found.parts],
    }


def order(found: Whole) -> dict[str, Any]:
    """One order, for its customer."""
    row = found.order
    return {
        **listed(found),
        "items": [_planned(item, row.currency) for item in row.plan["items"]],
        "shipping_address": row.shipping_address,
        "discount_code": found.discount_code,
        "reason": row.reason,
        "refused": row.refused or {},
        "decided_at": row.decided_at,
    }


def part(found: Part) -> dict[str, Any]:
    """A part, as its customer and its vendor both may see it."""
    row = found.row
    return {
        **{name: getattr(row, name) for name in ("id", "number", "vendor_id", "status", "created_at")},
        **{name: getattr(row, name) for name in ("carrier", "tracking_number", "reason")},
        "vendor_name": found.vendor_name,
        **sums(row, row.currency),
        "items": items(found.items, row.currency),
        "steps": [
            {"status": step.status, "at": step.at, "by": step.actor_role, "reason": step.reason} for step in found.steps
        ],
    }


def items(rows: Sequence[OrderItem], currency: str) -> list[dict[str, Any]]:
    """Lines as they were bought."""
    return [_item({name: getattr(row, name) for name in _ITEM}, currency) for row in rows]


_ITEM = ("product_id", "title", "sku", "picture", "quantity", "unit_price", "subtotal", "discount")


def _planned(item: Mapping[str, Any], currency: str) -> dict[str, Any]:
    return _item({**{name: item[name] for name in _ITEM}, "product_id": UUID(item["product_id"])}, currency)


def _item(item: dict[str, Any], currency: str) -> dict[str, Any]:
    amounts = {name: money(item[name], currency) for name in ("unit_price", "subtotal", "discount")}
    return {**item, **amounts, "picture": picture(item["product_id"], item["picture"])}


def vendor_part(found: Part) -> dict[str, Any]:
    """A part as its vendor and admins see it: with the customer, the address and the money."""
    row, whole = found.row, found.order
    return {
        **part(found),
        "order_id": whole.id,
        "order_number": whole.number,
        "customer_id": row.customer_id,
        "customer_name": whole.shipping_address["name"],
        "shipping_address": whole.shipping_address,
        "commission_bps": row.commission_bps,
        "commission": money(row.commission, row.currency),
        "earnings": money(row.earnings, row.currency),
    }


def admin_order(found: Whole) -> dict[str, Any]:
    """An order as admins see it."""
    parts = [vendor_part(each) for each in found.parts]
    return {**order(found), "customer_id": found.order.customer_id, "vendor_orders": parts}


def booked(row: Any) -> dict[str, Any]:
    """A transaction in a vendor's statement."""
    about = ("id", "at", "kind", "vendor_order_id", "vendor_order_number", "payout_id")
    amounts = ("earnings", "shipping", "commission", "amount")
    return {
        **{name: getattr(row, name) for name in about},
        **{name: money(int(getattr(row, name)), row.currency) for name in amounts},
    }


def payouts(rows: Sequence[Payout], names: Mapping[UUID, str | None]) -> list[dict[str, Any]]:
    """Payouts with the names of those who were paid."""
    about = ("id", "batch_id", "vendor_id", "claims", "at")
    return [
        {
            **{name: getattr(row, name) for name in about},
            "vendor_name": names.get(row.vendor_id),
            "amount": money(row.amount, row.currency),
        }
        for row in rows
    ]


def way(found: Way) -> dict[str, Any]:
    """The way of an order."""
    steps = [{**row._mapping, "where": "ordering"} for row in found.steps]
    told = {"id": found.whole.order.id, "number": found.whole.order.number, "status": found.whole.status}
    return {**told, "state": found.state, "deadline": found.deadline, "sentence": found.sentence, "steps": steps}


def way_inside(found: Way) -> dict[str, Any]:
    """The way of an order, for whoever follows it through other services."""
    order, last = found.whole.order, found.last
    told = {"items": order.items, "total": money(order.total, order.currency), "placed_at": order.placed_at}
    parts = [part(each) for each in found.whole.parts]
    return {**way(found), **told, "noted_at": last.at, "why": last.detail, "vendor_orders": parts}
