"""How many statements a page takes: as many for twenty products as for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from services.catalog.domain import categories
from services.catalog.tests import building
from services.catalog.tests.api.conftest import Client, Seller, admin, client, seller, sellers
from services.catalog.tests.building import NOON
from shared.kit.database import Database
from shared.kit.reading import Reading

__all__ = ["admin", "client", "seller", "sellers"]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are executed inside the block."""
    said: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    read = Reading.rows

    def rows(reading: Reading, statement: str, *given: Any, **options: Any) -> Any:
        said.append(statement)
        return read(reading, statement, *given, **options)

    event.listen(database.engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reading, "rows", rows)
        yield said
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("/products?limit=20", 1),
        ("/products?limit=20&q=product&sort=price&in_stock=false&currency=EUR&price_min=1", 2),
        ("/products?limit=20&q=product", 2),
        ("/products?limit=20&vendor={slug}&category=shelf", 1),
        ("/products?ids={ids}", 1),
        ("/products?limit=20&facets=true", 2),
        ("/products/{id}", 1),
        ("/categories", 1),
        ("/vendor/products?limit=20", 2),
    ],
)
def test_a_page_takes_as_many_statements_for_twenty_products_as_for_one(
    client: Client, seller: Seller, database: Database, path: str, statements: int
) -> None:
    with database.transaction() as session:
        shelf = categories.create(session, {"name": "Shelf"}, NOON)
        made = [building.product(session, seller[0].id, category_id=shelf.id) for _ in range(25)]
    ids = ",".join(str(each.id) for each in made)
    url = path.format(slug=seller[0].slug, ids=ids, id=made[0].id)
    client.get(url, headers=seller[1])  # the first call prepares the statement for its connection
    with counted(database) as said:
        answer = client.get(url, headers=seller[1])
    assert answer.status_code == 200
    assert len(said) == statements, said
    if "limit=20" in path and "category" not in path:
        assert len(answer.json["items"]) == 20
