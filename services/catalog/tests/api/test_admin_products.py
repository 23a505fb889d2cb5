"""All products, for admins to watch over, and the marketplace's own, for them to keep."""

from sqlalchemy import select

from services.catalog.models import AuditEntry
from services.catalog.tests import building
from services.catalog.tests.api.conftest import Client, Headers, Seller, faults, problem
from services.catalog.tests.building import PRICE
from shared.kit.database import Database
from shared.kit.tests.shop import bearer

AT = "/admin/products"


def test_the_marketplace_s_own_are_kept_by_admins_and_every_act_is_noted(
    client: Client, admin: Headers, database: Database
) -> None:
    made = client.post(AT, json={"title": "Gift card", "price": PRICE, "status": "active"}, headers=admin).json
    at = f"{AT}/{made['id']}"
    assert (made["vendor_id"], client.get(f"/products/{made['id']}").json["vendor"]) == (None, None)
    client.patch(at, json={"title": "Gift"}, headers={**admin, "If-Match": '"1"'})
    late = client.patch(at, json={"title": "Card"}, headers={**admin, "If-Match": '"1"'})
    assert (problem(late), late.json["current"]["title"]) == ((412, "stale"), "Gift")
    assert client.delete(at, headers=admin).status_code == 204
    assert client.post(f"{at}/restore", headers=admin).json["deleted_at"] is None
    with database.transaction() as session:
        rows = select(AuditEntry).where(AuditEntry.subject_id == made["id"]).order_by(AuditEntry.id)
        acts = [entry.action for entry in session.scalars(rows)]
    assert acts == ["product.created", "product.changed", "product.deleted", "product.restored"]


def test_a_vendor_s_products_are_seen_and_left_alone(
    client: Client, admin: Headers, seller: Seller, database: Database
) -> None:
    with database.transaction() as session:
        made = building.product(session, seller[0].id, status="draft")
    at = f"{AT}/{made.id}"
    assert client.get(at, headers=admin).json["vendor_slug"] == seller[0].slug
    listed = client.get(f"{AT}?vendor={seller[0].slug}&status=draft", headers=admin).json["items"]
    assert [each["id"] for each in listed] == [str(made.id)]
    assert problem(client.patch(at, json={"title": "Mine"}, headers=admin)) == (403, "not-your-product")
    assert problem(client.delete(at, headers=admin)) == (403, "not-your-product")


def test_the_marketplace_has_no_list_of_customers(client: Client, admin: Headers) -> None:
    answer = client.post(AT, json={"title": "Card", "price": PRICE, "visibility": "linked"}, headers=admin)
    assert (answer.status_code, faults(answer)) == (422, {"visibility"})


def test_only_admins_come_in(client: Client, seller: Seller) -> None:
    assert client.get(AT, headers=seller[1]).status_code == 403
    assert client.get(AT, headers=bearer("customer")).status_code == 403
    assert client.get(AT).status_code == 401
