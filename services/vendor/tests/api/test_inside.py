"""What other services may ask of mappings, on the internal port."""

import dataclasses
from typing import Any

import pytest

from services.vendor.__main__ import SERVICE
from services.vendor.consumers import on_customers_created
from services.vendor.settings import Settings
from services.vendor.tests import building
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.settings import Secret
from shared.runtime.inspection.app import create_internal_app

TOKEN = "a-token-of-the-tests-for-services"
MINE = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def inside(settings: Settings, database: Database) -> Any:
    """The internal port."""
    trusting = dataclasses.replace(settings, service_token=Secret(TOKEN))
    return create_internal_app(SERVICE, trusting, database).test_client()


def test_a_customer_s_outcomes_and_places_are_told_with_their_reasons(inside: Any, database: Database) -> None:
    with database.transaction() as session:
        seller = building.vendor(session)
        link = building.invite(session, seller)
        event = building.created(link.token)
        on_customers_created(session, [event])
    found = inside.get(f"/internal/mappings?customer={event.event.customer_id}", headers=MINE).json
    assert [(each["outcome"], each["vendor_slug"]) for each in found["outcomes"]] == [("linked", seller.slug)]
    assert "with a link that was good" in found["outcomes"][0]["sentence"]
    assert [each["vendor_id"] for each in found["places"]] == [str(seller.id)]
    told = inside.get(f"/internal/mappings?token={link.token}", headers=MINE).json
    assert (told["link"]["uses"], told["statuses"][0]["status"]) == (1, "approved")


def test_an_unknown_vendor_and_nothing_asked_are_refused(inside: Any) -> None:
    unknown = f"/internal/mappings?customer={new_id()}&vendor=nowhere"
    assert inside.get(unknown, headers=MINE).status_code == 404
    assert inside.get("/internal/mappings", headers=MINE).status_code == 422
    assert inside.get(unknown).status_code == 401
