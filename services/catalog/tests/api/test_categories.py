"""The tree of categories, as everybody sees it."""

from services.catalog.domain import categories
from services.catalog.tests.api.conftest import Client
from services.catalog.tests.building import NOON
from shared.kit.database import Database


def test_everybody_sees_the_tree_each_category_after_the_one_that_it_is_in(client: Client, database: Database) -> None:
    with database.transaction() as session:
        home = categories.create(session, {"name": "Home"}, NOON)
        garden = categories.create(session, {"name": "Garden"}, NOON)
        kitchen = categories.create(session, {"name": "Kitchen", "parent_id": home.id}, NOON)
    items = client.get("/categories").json["items"]
    assert [(each["name"], each["depth"], each["position"]) for each in items] == [
        ("Home", 1, 1),
        ("Kitchen", 2, 1),
        ("Garden", 1, 2),
    ]
    assert items[1]["path"] == [str(home.id), str(kitchen.id)]
    assert (items[2]["id"], items[2]["parent_id"]) == (str(garden.id), None)
