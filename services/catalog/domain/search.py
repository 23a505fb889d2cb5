"""Lists and searches of products: one statement for a page, under the one rule of who sees what.

A page reads the listing, by an index in its order or by the words; the vendor's row beside it tells name and standing,
so that a suspension or a new name holds at once, however many products there are.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, literal_column
from sqlalchemy.orm import InstrumentedAttribute

from services.catalog.domain import languages
from services.catalog.domain.visibility import LISTED, SHOWN_STATUS, VISIBLE
from services.catalog.domain.wanting import IN_CATEGORY, Wanted, conditions, parameters, spoken_in
from services.catalog.models import Listing
from shared.kit.paging import decode, encode_values
from shared.kit.reading import Reading

NEAR = 100
"""Of how many matches the best are looked for: the newest with the words in the title or SKU; and if these are fewer,
as many of the newest with them anywhere. In titles they weigh five times as much, so that few others would be shown."""


class Sort(StrEnum):
    """In which order. Prices are compared within a currency: the currencies follow each other by their codes.

    Relevance is that of the newest matches (`NEAR`): a word that everything has in it takes no longer than another.
    """

    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE = "price"
    PRICE_DESCENDING = "-price"


class Shown(NamedTuple):
    """A row of a page: the card as it was written, and what changes with sales and with the vendor; ids as text."""

    card: str
    available: int
    status: str
    seller: str | None
    name: str | None
    slug: str | None
    product_id: str


_WIDTH = len(Shown._fields)


class Found(NamedTuple):
    """Rows of a page, and where the next one begins."""

    rows: Sequence[Shown]
    next_cursor: str | None


class Words(NamedTuple):
    """Words that are looked for: the languages to ask in, and the filters with which the title or SKU has them."""

    spoken: tuple[str, ...]
    narrower: tuple[str, ...]


NO_WORDS = Words((), ())


class _Order(NamedTuple):
    columns: tuple[InstrumentedAttribute[Any] | ColumnElement[Any], ...]
    sql: tuple[str, ...]
    descending: bool

    @property
    def keys(self) -> list[str]:
        """The columns' names."""
        return [str(column.key) for column in self.columns]


_ORDERS = {
    Sort.RELEVANCE: _Order(
        (literal_column("relevance", BigInteger), Listing.product_id), ("{rank}", "l.product_id"), True
    ),
    Sort.NEWEST: _Order((Listing.created_at, Listing.product_id), ("l.created_at", "l.product_id"), True),
    Sort.PRICE: _Order(
        (Listing.currency, Listing.price_amount, Listing.product_id),
        ("l.currency", "l.price_amount", "l.product_id"),
        False,
    ),
}
_ORDERS[Sort.PRICE_DESCENDING] = _ORDERS[Sort.PRICE]._replace(descending=True)
_TYPES = {"relevance": "bigint", "created_at": "timestamptz", "product_id": "uuid", "price_amount": "bigint"}
_COLUMNS = "l.product_id, l.card, l.available, l.status, l.vendor_id, l.created_at"
_STEADY = frozenset({"category", "vendor", "in_stock", "ids"})
"""Filters with which one plan is the best for all values."""


def page(
    reading: Reading, viewer: UUID | None, wanted: Wanted, sort: Sort | None, *, cursor: str | None, limit: int
) -> Found:
    """Read one page of what a customer sees; words sort by relevance and anything else by age, unless told.

    Raises `Invalid` naming `cursor` if it is not one of this order.
    """
    sort = sort or (Sort.RELEVANCE if wanted.q else Sort.NEWEST)
    words = _words(reading, wanted)
    filters, given = conditions(wanted, words.spoken), {**parameters(wanted), "viewer": viewer and str(viewer)}
    if cursor is not None:
        given |= _place(sort, cursor)
    sql = statement(tuple(filters.values()), sort, limit + 1, after=cursor is not None, words=words)
    rows = reading.rows(sql, given, steady=filters.keys() <= _STEADY)
    shown = [Shown._make(row[:_WIDTH]) for row in rows[:limit]]
    following = encode_values([*rows[limit - 1][_WIDTH:], shown[-1].product_id]) if len(rows) > limit else None
    return Found(shown, following)


def some(reading: Reading, viewer: UUID | None, wanted: Wanted) -> Sequence[Shown]:
    """Those of the products with the wanted ids that a customer sees, in the order of the ids."""
    ids = wanted.ids or ()
    found = page(reading, viewer, wanted, Sort.NEWEST, cursor=None, limit=len(ids))
    places = {str(each): place for place, each in enumerate(ids)}
    return sorted(found.rows, key=lambda row: places[row.product_id])


@lru_cache(maxsize=1024)
def statement(filters: tuple[str, ...], sort: Sort, rows: int, *, after: bool = False, words: Words = NO_WORDS) -> str:
    """The SQL of so many rows, or of those after a place: what is shown, and what else their place is made of.

    How many is a number in it, not a parameter, so that its plan is made for a page.
    """
    order, asked = _order(sort, words), [VISIBLE, *filters]
    source = LISTED
    if sort is Sort.RELEVANCE and words.narrower:
        source, asked = _near([VISIBLE, *words.narrower], asked), []
    if after:
        asked = [*asked, _after(order)]
    if sort is Sort.NEWEST and (within := category_of(filters)):
        beneath = newest_of_each(within, [each for each in asked if each != within], rows, _COLUMNS)
        source, asked = f"({beneath}) AS l LEFT JOIN vendor v ON v.id = l.vendor_id", []
    place = ", ".join(
        f"CAST({sql} AS text) AS {key}" if key == "created_at" else f"{sql} AS {key}"
        for sql, key in zip(order.sql, order.keys, strict=True)
        if key != "product_id"
    )
    direction = " DESC" if order.descending else ""
    return f"""
        SELECT l.card, l.available, {SHOWN_STATUS} AS status, CAST(v.id AS text) AS seller, v.name, v.slug,
               CAST(l.product_id AS text) AS product_id, {place}
        FROM {source} {"WHERE" if asked else ""} {" AND ".join(asked)}
        ORDER BY {", ".join(f"{sql}{direction}" for sql in order.sql)} LIMIT {rows:d}
    """  # noqa: S608 - made of this module's own words


def category_of(filters: Sequence[str]) -> str | None:
    """The condition of the category, if it is what finds the products: nothing else does that with its own index."""
    others = [sql for sql in filters if not sql.startswith(IN_CATEGORY)]
    if any(name in sql for sql in others for name in ("@@", "vendor_id", "product_id")):
        return None
    return next((sql for sql in filters if sql.startswith(IN_CATEGORY)), None)


def newest_of_each(within: str, asked: Sequence[str], rows: int, columns: str) -> str:
    """The newest of each category below the wanted one, each read in the order of the index; the page is among them.

    Read together they would have to be sorted, all products of the category (3 ms for 1,000 of them became 0.1).
    """
    inside = within.removeprefix(IN_CATEGORY).removesuffix(")")
    return f"""
        SELECT newest.* FROM unnest({inside}) AS within(id) CROSS JOIN LATERAL (
            SELECT {columns}
            FROM {LISTED} WHERE l.category_id = within.id AND {" AND ".join(asked)}
            ORDER BY l.created_at DESC, l.product_id DESC LIMIT {rows:d}) newest
    """  # noqa: S608 - made of this module's own words


def order_of(sort: Sort) -> tuple[InstrumentedAttribute[Any] | ColumnElement[Any], ...]:
    """The columns that a cursor of this order holds."""
    return _ORDERS[sort].columns


def _words(reading: Reading, wanted: Wanted) -> Words:
    if not wanted.q:
        return NO_WORDS
    spoken = spoken_in(reading)
    headline = languages.matches(spoken, "l.language", "l.headline", ":q")
    return Words(spoken, tuple({**conditions(wanted, spoken), "q": headline}.values()))


def _order(sort: Sort, words: Words) -> _Order:
    rank = languages.rank(words.spoken, "l.language", "l.document", ":q")
    return _ORDERS[sort]._replace(sql=tuple(sql.format(rank=rank) for sql in _ORDERS[sort].sql))


def _near(titled: Sequence[str], anywhere: Sequence[str]) -> str:
    """The matches that are ranked: bounded, so that ranking them is; the second look is left out where it can be.

    Common words are looked for in the order of the newest, where the index has all that is asked: of 100,000 products a
    word that every fiftieth title has took 5.3 ms of the server's CPU time, and 2.6 so. Hence the id: a row's place is
    in no index.
    """
    newest = f"ORDER BY l.created_at DESC, l.product_id DESC LIMIT {NEAR}"
    return f"""(
        WITH titled AS MATERIALIZED (
            SELECT l.product_id FROM {LISTED} WHERE {" AND ".join(titled)} {newest})
        SELECT product_id FROM titled
        UNION (SELECT l.product_id FROM {LISTED}
               WHERE (SELECT count(*) FROM titled) < {NEAR} AND {" AND ".join(anywhere)} {newest})
    ) AS near JOIN listing l ON l.product_id = near.product_id LEFT JOIN vendor v ON v.id = l.vendor_id
    """  # noqa: S608 - our own words


def _after(order: _Order) -> str:
    """The condition of what follows a place, in the columns' own types.

    The place itself is let in and then left out, for PostgreSQL judges a comparison of rows by its first column alone:
    of currencies less than the first one it expects nothing, so that it would sort all that follows instead of
    reading 21 rows in the order of the index (625 ms for 0.3 ms with 100,000 products).
    """
    places = ", ".join(f"CAST(:after_{key} AS {_TYPES.get(key, 'text')})" for key in order.keys)
    here = f"({', '.join(order.sql)})"
    return f"{here} {'<=' if order.descending else '>='} ({places}) AND NOT {here} = ({places})"


def _place(sort: Sort, cursor: str) -> dict[str, str]:
    """The parameters of `_after`."""
    order = order_of(sort)
    values = decode(cursor, order)
    return {f"after_{column.key}": str(value) for value, column in zip(values, order, strict=True)}
