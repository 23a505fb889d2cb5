"""Pages of a list by keyset: an opaque cursor says after which row to go on, so that inserts shift nothing.

    @customers.get("/vendors/me/customers")
    @requires(Role.VENDOR)
    @asks(PageQuery)
    @answers(page_of(CustomerView))
    def listed(query: dict[str, Any], actor: Actor) -> Answer:
        with transaction() as session:
            page = domain.listed(session, actor.user_id, **query)
        return respond_page(page, CustomerView())

and in the domain: `return take(session, statement, (Link.linked_at, Link.id), cursor=cursor, limit=limit)`.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.kit.errors import Invalid

T = TypeVar("T")
Column = InstrumentedAttribute[Any] | ColumnElement[Any]


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and the cursor of those that follow; None at the end."""

    items: Sequence[T]
    next_cursor: str | None


class PageQuery(Schema):
    """The query string of a list; subclasses add filters."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100), metadata={"example": 20})
    cursor = fields.String(load_default=None, validate=validate.Length(1, 1024))


def page_of(item: type[Schema]) -> Schema:
    """Return the schema of a page of `item`s."""
    shape = {
        "items": fields.List(fields.Nested(item), required=True),
        "next_cursor": fields.String(required=True, allow_none=True, metadata={"example": None}),
    }
    return Schema.from_dict(shape, name=f"{item.__name__.removesuffix('View')}Page")()  # type: ignore[arg-type]


def take(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    order: Sequence[Column],
    *,
    cursor: str | None = None,
    limit: int = 20,
    descending: bool = True,
) -> Page[Any]:
    """Read one page of `statement` in the order of these columns, the last of them unique, none of them null.

    The columns are attributes of what is selected, under their own names. Newest first unless told otherwise.
    Raises `Invalid` naming `cursor` if it is not one that this list gave.
    """
    if cursor is not None:
        place = tuple_(
            *(literal(value, column.type) for value, column in zip(decode(cursor, order), order, strict=True))
        )
        statement = statement.where(tuple_(*order) < place if descending else tuple_(*order) > place)
    statement = statement.order_by(*(column.desc() if descending else column.asc() for column in order))
    rows = session.execute(statement.limit(limit + 1)).all()
    items = [row[0] if len(row) == 1 else row for row in rows[:limit]]
    return Page(items, encode(items[-1], order) if len(rows) > limit else None)


def encode(item: Any, order: Sequence[Column]) -> str:
    """Write the place of an item in this order as a cursor."""
    return encode_values([getattr(item, str(column.key)) for column in order])


def encode_values(values: Sequence[Any]) -> str:
    """Write a place as a cursor; times may be text, as PostgreSQL writes them."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


def decode(cursor: str, order: Sequence[Column]) -> list[Any]:
    """Read the values of a cursor in their columns' types. Raises `Invalid` naming `cursor`."""
    try:
        values = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(order):
            raise ValueError("another list's cursor")
        return [_value(value, kind) for value, kind in zip(values, _kinds(tuple(order)), strict=True)]
    except (ValueError, TypeError, binascii.Error):
        raise Invalid(fields={"cursor": "This is not a cursor of this list."}) from None


@lru_cache(maxsize=256)
def _kinds(order: tuple[Column, ...]) -> tuple[type, ...]:
    """The columns' types; looking them up takes longer than reading a cursor, and orders are constants of modules."""
    return tuple(column.type.python_type for column in order)


def _value(value: Any, kind: type) -> Any:
    """Turn a cursor's value into its column's type; `ValueError` for whatever the database would stumble over."""
    if kind is int and type(value) is int and abs(value) < 2**63:
        return value
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    if kind is str:
        return value
    if kind is UUID:
        return UUID(value)
    moment = datetime.fromisoformat(value)
    if kind is not datetime or moment.tzinfo is None:
        raise ValueError(value)
    return moment
