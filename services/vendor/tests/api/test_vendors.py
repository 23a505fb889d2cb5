"""The acting vendor's profile, as its owner reads and writes it, and the storefront that everybody sees."""

from services.vendor.tests.api.conftest import Client, Seller, customer
from shared.events.ids import new_id


def test_one_reads_the_vendor_that_one_is(client: Client, seller: Seller) -> None:
    vendor, headers = seller
    shown = client.get("/vendor/profile", headers=headers).json
    assert {field: shown[field] for field in ("id", "name", "slug", "code", "status", "commission_bps")} == {
        "id": str(vendor.id),
        "name": vendor.name,
        "slug": vendor.slug,
        "code": vendor.code,
        "status": "approved",
        "commission_bps": 1000,
    }
    assert client.get("/vendor/profile", headers=customer(vendor.user_id)).json == shown


def test_who_does_not_sell_is_told_so(client: Client) -> None:
    answer = client.get("/vendor/profile", headers=customer(new_id()))
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/no-vendor")
