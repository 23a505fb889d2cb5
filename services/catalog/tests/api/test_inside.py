"""What other services may ask of products, on the internal port."""

from collections.abc import Callable
from typing import Any

from services.catalog.domain import listings
from services.catalog.tests import building
from shared.events.ids import new_id
from shared.kit.database import Database


def test_only_what_a_customer_can_buy_now_is_available(inside: Callable[[str], Any], database: Database) -> None:
    with database.transaction() as session:
        seller = building.vendor(session)
        customer = building.link(session, seller.id)
        shown = building.product(session, seller.id).id
        linked = building.product(session, seller.id, visibility="linked").id
        draft = building.product(session, seller.id, status="draft").id
        listings.set_available(session, {shown: 3, linked: 4, draft: 5})
    ids = ",".join(str(each) for each in (shown, linked, draft, new_id()))

    def told(more: str) -> dict[str, tuple[int, bool]]:
        items = inside(f"/internal/availability?ids={ids}{more}").json["items"]
        return {item["product_id"]: (item["available"], item["visible"]) for item in items}

    assert told("") == {str(shown): (3, True), str(linked): (0, False), str(draft): (0, False)}
    assert told(f"&customer={customer}")[str(linked)] == (4, True)
    assert inside("/internal/availability?ids=nothing").status_code == 422
