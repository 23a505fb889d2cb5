"""What products look like, put together from the rows: for everybody, and for their owners."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from flask import Response
from sqlalchemy.orm import Session

from services.catalog.domain import directory
from services.catalog.domain.products import Owner
from services.catalog.domain.search import Shown
from services.catalog.domain.statuses import Stale
from services.catalog.product_schemas import OwnProduct
from shared.kit.paging import Page
from shared.kit.versions import tagged
from shared.kit.web import Answer, link_to, respond_page, transaction

_OWN = OwnProduct()


def cards(rows: Iterable[Shown]) -> list[orjson.Fragment]:
    """Products of a list, as JSON: the card as it was written, and what changes with sales and with the vendor.

    Put together as text, for the card is text already, and reading it only to write it again is most of a page's work.
    """
    return [
        orjson.Fragment(
            f'{row.card[:-1]},"vendor":{_vendor(row.seller, row.name, row.slug)},'
            f'"stock":{row.available},"status":"{row.status}"}}'
        )
        for row in rows
    ]


@lru_cache(maxsize=4096)
def _vendor(seller: str | None, name: str | None, slug: str | None) -> str:
    return orjson.dumps({"id": seller, "name": name, "slug": slug} if seller else None).decode()


def json_page(body: dict[str, Any], next_cursor: str | None) -> Response:
    """A page that is JSON already, with the `Link` to the next one."""
    headers = link_to(next_cursor) if next_cursor else None
    return Response(orjson.dumps(body), headers=headers, content_type="application/json")


def own(session: Session, owner: Owner | object, product_id: UUID, status: int | None = None) -> Answer:
    """One product as its owner sees it, with its version as ETag. Raises `UnknownProduct`."""
    row = directory.one(session, owner, product_id)
    return tagged(_OWN.dump(_flat(row)), row.version, status)


def own_page(page: Page[Any]) -> Answer:
    """A page of products as their owners see them."""
    return respond_page(Page([_flat(row) for row in page.items], page.next_cursor), _OWN)


@contextmanager
def telling_newer() -> Iterator[None]:
    """Let who is refused for an older version read the newer one in the answer."""
    try:
        yield
    except Stale as stale:
        with transaction() as session:
            row = directory.one(session, directory.ANY, stale.product_id)
        raise Stale(row.id, row.version, _OWN.dump(_flat(row))) from None


def _flat(row: Any) -> dict[str, Any]:
    return {**row._mapping, "price": {"amount": row.price_amount, "currency": row.currency}}
