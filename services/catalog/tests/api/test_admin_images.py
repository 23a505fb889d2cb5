"""Pictures of the marketplace's own products."""

from services.catalog.tests import building
from services.catalog.tests.api.conftest import Client, Headers, Seller, problem
from services.catalog.tests.pictures import image
from shared.kit.database import Database


def test_admins_picture_the_marketplace_s_own_and_nobody_else_s(
    client: Client, admin: Headers, seller: Seller, database: Database
) -> None:
    with database.transaction() as session:
        own, theirs = building.product(session), building.product(session, seller[0].id)
    at = f"/admin/products/{own.id}/images"
    made = client.post(f"{at}?alt=Card", data=image(), headers=admin)
    assert made.status_code == 201
    arranged = client.put(at, json={"images": [{"id": made.json["id"], "alt": "A card"}]}, headers=admin).json
    assert [each["alt"] for each in arranged["images"]] == ["A card"]
    assert client.delete(f"{at}/{made.json['id']}", headers=admin).status_code == 204
    answer = client.post(f"/admin/products/{theirs.id}/images", data=image(), headers=admin)
    assert problem(answer) == (403, "not-your-product")
