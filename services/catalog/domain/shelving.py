"""Products made and changed some hundreds at a time: one statement for all, and no mapped object for each.

A mapped object notes every field that is set, and an insert is put together field by field: for a new product that
took longer than all else that comes of its row, its description rendered included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.events.ids import new_id
from shared.kit.rowsets import array, rowset

_COLUMNS = """id uuid, vendor_id uuid, slug text, title text, description text, description_html text,
    description_text text, language text, category_id uuid, price_amount bigint, currency text, status text,
    visibility text, version bigint, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz"""
_NAMES = ", ".join(column.split()[0] for column in _COLUMNS.split(","))
_MAKE = text(f"""
    WITH made AS MATERIALIZED (
        SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS made({_COLUMNS}, sku text)
    ), product AS (INSERT INTO product ({_NAMES}) SELECT {_NAMES} FROM made)
    INSERT INTO product_sku (id, product_id, vendor_id, code, retired) SELECT id, id, vendor_id, sku, false FROM made
""")  # noqa: S608 - made of this module's own words
_READ = text("""
    SELECT id, vendor_id, slug, title, language, category_id, price_amount, currency, status, visibility, version,
           created_at, updated_at, deleted_at
    FROM product WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id
""")
_CHANGE = text(f"""
    UPDATE product p SET
        title = new.title, description = coalesce(new.description, p.description),
        description_html = coalesce(new.description_html, p.description_html),
        description_text = coalesce(new.description_text, p.description_text), language = new.language,
        category_id = new.category_id, price_amount = new.price_amount, currency = new.currency, status = new.status,
        visibility = new.visibility, version = new.version, updated_at = new.updated_at
    FROM json_to_recordset(CAST(:rows AS json)) AS new({_COLUMNS}) WHERE p.id = new.id
""")  # noqa: S608 - made of this module's own words


@dataclass(slots=True, kw_only=True)
class Piece:
    """A product's row. Of one that was read, the description is nothing until it gets another."""

    id: UUID
    vendor_id: UUID | None
    created_at: datetime
    updated_at: datetime
    slug: str = ""
    title: str = ""
    description: str | None = None
    description_html: str | None = None
    description_text: str | None = None
    language: str = ""
    category_id: UUID | None = None
    price_amount: int = 0
    currency: str = ""
    status: str = ""
    visibility: str = ""
    version: int = 1
    deleted_at: datetime | None = None
    sku: str = ""


def new(vendor_id: UUID, sku: str, at: datetime) -> Piece:
    """A product to be made at a moment, with one SKU whose id is its own."""
    return Piece(id=new_id(), vendor_id=vendor_id, sku=sku, created_at=at, updated_at=at)


def make(session: Session, pieces: Sequence[Piece]) -> None:
    """Write new products with their SKUs. Raises `IntegrityError` if a slug or a SKU is taken meanwhile."""
    if pieces:
        session.execute(_MAKE, rowset(pieces))


def read(session: Session, ids: Iterable[UUID]) -> list[Piece]:
    """Products as they are, in the order of their ids; hold their locks before."""
    return [Piece(**row._mapping) for row in session.execute(_READ, {"ids": array(ids)})]


def change(session: Session, pieces: Sequence[Piece]) -> None:
    """Write products that were read and have changed."""
    session.execute(_CHANGE, rowset(pieces))
