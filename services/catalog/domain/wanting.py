"""What somebody looks for, and the conditions that say so of a listing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.catalog.domain import languages
from services.catalog.domain.slugs import as_id
from services.catalog.domain.visibility import BUYABLE
from shared.kit.reading import Reading

IN_CATEGORY = "l.category_id = ANY ("
_CATEGORY = f"""{IN_CATEGORY}ARRAY(SELECT c.id FROM category c WHERE c.path @> ARRAY[(
    SELECT id FROM category WHERE {{by}} = :category)]))"""  # noqa: S608 - our own words
"""An array, for of its length PostgreSQL expects ten, of the rows of a path one: then it would rather read all
products of a category and look for the words in each of them than ask the index of words."""
_VENDOR = "l.vendor_id = (SELECT id FROM vendor WHERE {by} = :vendor ORDER BY version DESC LIMIT 1)"
SPOKEN = "SELECT language FROM listing_language ORDER BY language"
"""The languages that products were ever written in."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for; `category` and `vendor` are ids or slugs, prices are minor units of `currency`."""

    q: str | None = None
    category: str | None = None
    vendor: str | None = None
    currency: str | None = None
    price_min: int | None = None
    price_max: int | None = None
    in_stock: bool = False
    ids: Sequence[UUID] | None = None


def spoken_in(reading: Reading) -> tuple[str, ...]:
    """The languages that words are to be asked in."""
    return tuple(row[0] for row in reading.rows(SPOKEN, {}, steady=True))


def conditions(wanted: Wanted, spoken: Sequence[str]) -> dict[str, str]:
    """The condition of each filter that is used, by its name."""
    return {
        name: sql
        for name, given, sql in (
            ("q", wanted.q, languages.matches(spoken, "l.language", "l.document", ":q")),
            ("category", wanted.category, _CATEGORY.format(by=_by(wanted.category))),
            ("vendor", wanted.vendor, _VENDOR.format(by=_by(wanted.vendor))),
            ("currency", wanted.currency, "l.currency = :currency"),
            ("price_min", wanted.price_min is not None, "l.price_amount >= :price_min"),
            ("price_max", wanted.price_max is not None, "l.price_amount <= :price_max"),
            ("in_stock", wanted.in_stock, BUYABLE),
            ("ids", wanted.ids is not None, "l.product_id = ANY(CAST(:ids AS uuid[]))"),
        )
        if given
    }


def parameters(wanted: Wanted) -> dict[str, Any]:
    """The parameters of a search, those that are used."""
    plain: Mapping[str, Any] = {
        "q": wanted.q,
        "category": wanted.category,
        "vendor": wanted.vendor,
        "currency": wanted.currency,
        "price_min": wanted.price_min,
        "price_max": wanted.price_max,
        "ids": None if wanted.ids is None else "{" + ",".join(str(each) for each in wanted.ids) + "}",
    }
    return {name: value for name, value in plain.items() if value is not None}


def _by(reference: str | None) -> str:
    return "id" if reference and as_id(reference) else "slug"
