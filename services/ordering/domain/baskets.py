"""What is in a cart, judged as of now: what each line costs, who would fulfil it, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.ordering.domain.products import ACTIVE, LINKED
from services.ordering.domain.routing import Route, route
from services.ordering.domain.splitting import Line, Terms
from services.ordering.domain.vendors import APPROVED
from shared.kit.money import MOST
from shared.sql import steady

_RATE = """
    LEFT JOIN LATERAL (
        SELECT bps, version FROM commission_rate r WHERE r.vendor_id = v.id AND r.effective_from <= :now
        ORDER BY effective_from DESC, version DESC LIMIT 1
    ) AS rate ON true
"""
_SELLER = "v.name, v.code, v.status AS standing, v.shipping, rate.bps, rate.version AS rate_version"
_LINES = f"""
    SELECT l.product_id, l.quantity, l.title AS known_as, l.seen_amount, l.seen_currency, l.added_at,
           p.vendor_id, p.title, p.slug, p.sku, p.picture, p.price_amount, p.currency, p.status, p.visibility,
           m.vendor_id IS NOT NULL AS linked, {_SELLER}
    FROM cart_line l LEFT JOIN product p ON p.id = l.product_id LEFT JOIN vendor v ON v.id = p.vendor_id {_RATE}
    LEFT JOIN vendor_customer m
        ON m.vendor_id = p.vendor_id AND m.customer_id = CAST(:customer_id AS uuid) AND m.removed_at IS NULL
    WHERE l.cart_id = :cart_id ORDER BY l.added_at, l.product_id
"""  # noqa: S608 - made of this module's own words
_ROUTED = text(f"""
    SELECT v.id AS vendor_id, m.vendor_id IS NOT NULL AS linked, {_SELLER}
    FROM vendor v {_RATE}
    LEFT JOIN vendor_customer m ON m.vendor_id = v.id AND m.customer_id = :customer_id AND m.removed_at IS NULL
    WHERE m.vendor_id IS NOT NULL OR v.id = :house
    ORDER BY m.linked_at, v.id
""")  # noqa: S608 - made of this module's own words
"""Who may fulfil the marketplace's own products for a customer: whose list they are on, the earliest first; and the
house."""


class Problem(StrEnum):
    """Why a line cannot be ordered as it is."""

    GONE = "gone"
    NOT_FOR_SALE = "not_for_sale"
    OUT_OF_STOCK = "out_of_stock"
    VENDOR_NOT_SELLING = "vendor_not_selling"
    NOBODY_FULFILS = "nobody_fulfils"


SENTENCES: Mapping[Problem, str] = {
    Problem.GONE: "This product is no longer there for you.",
    Problem.NOT_FOR_SALE: "This product is not for sale at the moment.",
    Problem.OUT_OF_STOCK: "This product is out of stock.",
    Problem.VENDOR_NOT_SELLING: "Its vendor is not selling at the moment.",
    Problem.NOBODY_FULFILS: "No vendor can fulfil this for you: join a vendor's customer list first.",
}


class Seller(NamedTuple):
    """A vendor as an order needs to know them."""

    id: UUID
    name: str
    status: str
    terms: Terms


@dataclass(frozen=True)
class Judged:
    """A line of a cart, and what would become of it."""

    row: Any
    route: Route | None = None
    seller: Seller | None = None
    problem: Problem | None = None

    @property
    def moved(self) -> bool:
        """Whether the price is another one than its owner was shown."""
        now = (self.row.price_amount, self.row.currency)
        return self.problem is None and now != (self.row.seen_amount, self.row.seen_currency)

    def line(self) -> Line:
        """The line as it would be split. Only for one without a problem."""
        row = self.row
        if self.route is None:
            raise ValueError("nobody fulfils this line")
        return Line(row.product_id, row.title, row.sku, row.picture, row.price_amount, row.quantity, self.route)


@dataclass(frozen=True)
class Basket:
    """The lines of a cart in the order in which they were put in, and who sells them."""

    lines: Sequence[Judged] = ()
    sellers: Mapping[UUID, Seller] = field(default_factory=dict)

    @property
    def currencies(self) -> set[str]:
        """The currencies of its prices; an order has one."""
        return {judged.row.currency for judged in self.lines if judged.problem is None}

    @property
    def can_be_ordered(self) -> bool:
        """Whether all of it can, in one order."""
        sound = bool(self.lines) and not any(judged.problem for judged in self.lines)
        return sound and len(self.currencies) == 1 and sum(judged.line().subtotal for judged in self.lines) <= MOST

    def terms(self) -> dict[UUID, Terms]:
        """What holds for each vendor who would fulfil a line."""
        return {judged.seller.id: judged.seller.terms for judged in self.lines if judged.seller}


def judge(session: Session, cart_id: UUID, customer_id: UUID | None, house: UUID | None, now: datetime) -> Basket:
    """Read a cart and judge each of its lines as of a moment."""
    about = {"cart_id": cart_id, "customer_id": customer_id, "now": now}
    rows = steady.run(session, _LINES, about)
    if not rows:
        return Basket()
    routed = _routed(session, {**about, "house": house}) if any(row.title and not row.vendor_id for row in rows) else []
    currency = next((row.currency for row in rows if row.currency), "")
    sellers = {row.vendor_id: _seller(row, currency) for row in [*rows, *routed] if row.name and row.bps is not None}
    linked = [row.vendor_id for row in routed if row.linked and row.standing == APPROVED and row.vendor_id in sellers]
    return Basket([_judged(row, linked, house, sellers) for row in rows], sellers)


def _routed(session: Session, about: Mapping[str, Any]) -> Sequence[Any]:
    return session.execute(_ROUTED, about).all()


def _judged(row: Any, linked: Sequence[UUID], house: UUID | None, sellers: Mapping[UUID, Seller]) -> Judged:
    if row.title is None or (row.visibility == LINKED and not row.linked):
        return Judged(row, problem=Problem.GONE)
    if row.status != ACTIVE:
        return Judged(row, problem=Problem.OUT_OF_STOCK if row.status == "out_of_stock" else Problem.NOT_FOR_SALE)
    way = route(row.vendor_id, linked, house)
    if way is None:
        return Judged(row, problem=Problem.NOBODY_FULFILS)
    seller = sellers.get(way.vendor_id)
    if seller is None or seller.status != APPROVED:
        return Judged(row, problem=Problem.VENDOR_NOT_SELLING)
    return Judged(row, way, seller)


def _seller(row: Any, currency: str) -> Seller:
    """A vendor charges nothing for shipping in a currency that they have not named."""
    terms = Terms(row.code, int(row.shipping.get(currency, 0)), row.bps, row.rate_version)
    return Seller(row.vendor_id, row.name, row.standing, terms)
