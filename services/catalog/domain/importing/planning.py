"""What would come of a row: a new product, a changed one, nothing, or a refusal that names the column."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.domain.importing.columns import Said, minor_units
from services.catalog.domain.languages import DEFAULT
from services.catalog.domain.statuses import Status, Visibility

_PRESENT = text("""
    SELECT k.code, p.id, p.title, p.description, c.slug AS category, p.price_amount, p.currency, s.on_hand AS stock,
           s.reserved, s.threshold, p.status, p.visibility, p.language
    FROM product_sku k
    JOIN product p ON p.id = k.product_id
    JOIN stock s ON s.product_id = k.id
    LEFT JOIN category c ON c.id = p.category_id
    WHERE k.vendor_id = :vendor AND k.code = ANY(CAST(:codes AS text[])) AND NOT k.retired
""")
_CATEGORIES = text("""
    SELECT slug, id FROM category WHERE slug = ANY(CAST(:slugs AS text[]))
""")
PLAIN = ("title", "description", "category", "threshold", "status", "visibility", "language")
NEW: Mapping[str, Any] = {
    "description": "",
    "category": None,
    "stock": 0,
    "threshold": 5,
    "status": Status.DRAFT.value,
    "visibility": Visibility.PUBLIC.value,
    "language": DEFAULT,
}
"""What a new product is where its row says nothing."""


class Present(NamedTuple):
    """A product as it is."""

    code: str
    id: UUID
    title: str
    description: str
    category: str | None
    price_amount: int
    currency: str
    stock: int
    reserved: int
    threshold: int
    status: str
    visibility: str
    language: str


@dataclass
class Plan:
    """What is to be done: `change` gives for each field what is and what shall be, `wrong` a sentence for a field."""

    state: str
    product_id: UUID | None = None
    change: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def present(session: Session, vendor_id: UUID, skus: Iterable[str]) -> dict[str, Present]:
    """A vendor's products by their SKUs, those that are not deleted."""
    rows = session.execute(_PRESENT, {"vendor": vendor_id, "codes": list(skus)})
    return {row.code: Present(*row) for row in rows}


def categories(session: Session, said: Iterable[Said]) -> dict[str, UUID]:
    """Those of the named categories that exist, by slug."""
    slugs = {str(each["category"]) for each in said if "category" in each}
    return {row.slug: row.id for row in session.execute(_CATEGORIES, {"slugs": list(slugs)})} if slugs else {}


def plan(said: Said, now: Present | None, known: Mapping[str, UUID]) -> Plan:
    """Compare what a row says with the product that has its SKU, or with nothing."""
    wrong: dict[str, str] = {}
    if "category" in said and said["category"] not in known:
        wrong["category"] = "There is no such category."
    price = _price(said, now, wrong)
    if now and int(said.get("stock", now.stock)) < now.reserved:
        wrong["stock"] = f"{now.reserved} of them are put aside for orders."
    if now is None:
        _check_new(said, wrong)
    if wrong:
        return Plan("faulty", wrong=wrong)
    return _changed(said, now, price) if now else _new(said, price)


def _price(said: Said, now: Present | None, wrong: dict[str, str]) -> tuple[int, str] | None:
    """Minor units and currency, if the row says anything of either."""
    currency = str(said.get("currency") or (now.currency if now else ""))
    if "price" not in said:
        if now and currency != now.currency:
            wrong["price"] = "Another currency needs another price."
        return None
    if not currency:
        wrong["currency"] = "A new product needs a currency."
        return None
    try:
        return minor_units(str(said["price"]), currency), currency
    except ValueError as refused:
        wrong["price"] = str(refused)
        return None


def _check_new(said: Said, wrong: dict[str, str]) -> None:
    for name in ("title", "price"):
        if name not in said:
            wrong.setdefault(name, f"A new product needs a {name}.")


def _changed(said: Said, now: Present, price: tuple[int, str] | None) -> Plan:
    change: dict[str, tuple[Any, Any]] = {}
    for name in (*PLAIN, "stock"):
        if name in said and said[name] != getattr(now, name):
            change[name] = (getattr(now, name), said[name])
    if price and price != (now.price_amount, now.currency):
        change["price"] = (_money(now.price_amount, now.currency), _money(*price))
    return Plan("update" if change else "unchanged", now.id, change)


def _new(said: Said, price: tuple[int, str] | None) -> Plan:
    shall_be = {**NEW, **said, "price": _money(*price) if price else None}
    names = ("title", "description", "category", "price", "stock", "threshold", "status", "visibility", "language")
    return Plan("create", None, {name: (None, shall_be[name]) for name in names if shall_be[name] not in (None, "")})


def _money(amount: int, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}
