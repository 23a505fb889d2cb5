"""The acting vendor's profile, as its owner reads and writes it, and the storefront that everybody sees."""

from typing import Any

import pytest
from sqlalchemy import text

from services.vendor.domain import banking
from services.vendor.models import VendorProfile
from services.vendor.settings import Settings
from services.vendor.tests.api.conftest import Client, Seller, customer
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.sealing import Seal, Unreadable
from shared.kit.tests.shop import bearer

IBAN = "GB82 WEST 1234 5698 7654 32"

BANK = {"holder": "Ada Lovelace", "iban": IBAN, "bic": None}

OVER = 10 * 1024 * 1024 + 1


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


def test_what_is_not_named_stays_and_null_empties(client: Client, seller: Seller) -> None:
    _, headers = seller
    client.patch("/vendor/profile", json={"description": "Anvils", "phone": "+44 20 7930 7705"}, headers=headers)
    shown = client.patch("/vendor/profile", json={"phone": None}, headers=headers).json
    assert (shown["description"], shown["phone"]) == ("Anvils", None)


def test_bank_details_are_masked_for_everybody_and_sealed_in_the_database(
    client: Client, seller: Seller, database: Database, settings: Settings
) -> None:
    vendor, headers = seller
    shown = client.patch("/vendor/profile", json={"bank": BANK}, headers=headers).json
    assert shown["bank"] == {"holder": "A••• L•••", "iban": "GB•• •••• 5432"}
    admin = client.get(f"/admin/vendors/{vendor.id}", headers=bearer("admin")).text
    audit = client.get(f"/admin/audit?vendor_id={vendor.id}", headers=bearer("admin")).text
    with database.transaction() as session:
        row = session.scalar(text("SELECT p::text FROM vendor_profile p WHERE vendor_id = :id"), {"id": vendor.id})
        profile = session.get_one(VendorProfile, vendor.id)
        assert banking.opened(profile, settings.bank_seal) == {
            "holder": "Ada Lovelace",
            "iban": IBAN.replace(" ", ""),
            "bic": "",
        }
        with pytest.raises(Unreadable):
            banking.opened(profile, Seal("another secret", "vendor bank details"))
    for said in (row, admin, audit):
        assert "WEST" not in said
        assert "Lovelace" not in said
    assert client.patch("/vendor/profile", json={"bank": None}, headers=headers).json["bank"] is None


def test_everybody_sees_what_the_vendor_chose_of_the_contact(client: Client, seller: Seller) -> None:
    vendor, headers = seller
    place = {"line1": "1 Road", "city": "London", "country": "GB", "line2": None, "postal_code": None, "region": None}
    contact = {"email": "shop@acme.example", "phone": "+44 20 7930 7705", "website": "https://acme.example"}
    client.patch("/vendor/profile", json={**contact, "address": place}, headers=headers)
    store = f"/vendor/store/{vendor.slug}"
    fields = ("email", "phone", "website", "city", "country")

    def seen() -> list[Any]:
        shown = client.get(store).json
        return [shown[field] for field in fields]

    assert seen() == [None, None, "https://acme.example", "London", "GB"]
    changed = client.patch("/vendor/profile", json={"shown": ["phone", "email", "email"]}, headers=headers).json
    assert changed["shown"] == ["email", "phone"]
    assert seen() == ["shop@acme.example", "+44 20 7930 7705", None, None, None]
    assert "1 Road" not in client.get(store).text
    wrong = client.patch("/vendor/profile", json={"shown": ["bank"]}, headers=headers)
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "shown.0")


@pytest.mark.parametrize(
    ("bank", "field"),
    [
        ({**BANK, "iban": "GB82 WEST 1234 5698 7654 33"}, "bank.iban"),
        ({**BANK, "iban": "hello"}, "bank.iban"),
        ({**BANK, "bic": "nope"}, "bank.bic"),
        ({**BANK, "holder": " "}, "bank.holder"),
    ],
)
def test_bank_details_are_checked(client: Client, seller: Seller, bank: dict[str, Any], field: str) -> None:
    answer = client.patch("/vendor/profile", json={"bank": bank}, headers=seller[1])
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_what_shipping_costs_is_kept_and_announced_once_per_change(
    client: Client, seller: Seller, database: Database
) -> None:
    vendor, headers = seller
    rates = [{"amount": 499, "currency": "EUR"}, {"amount": 700, "currency": "JPY"}]
    for _ in "12":
        shown = client.patch("/vendor/profile", json={"shipping": rates}, headers=headers).json
    assert shown["shipping"] == rates
    client.patch("/vendor/profile", json={"description": "Anvils"}, headers=headers)
    with database.transaction() as session:
        said = session.execute(ANNOUNCED, {"id": vendor.id}).all()
    assert [(row.version, row.data["shipping"], row.data["status"]) for row in said] == [
        (vendor.version + 1, {"EUR": 499, "JPY": 700}, "approved")
    ]
    emptied = client.patch("/vendor/profile", json={"shipping": []}, headers=headers).json
    assert emptied["shipping"] == []


@pytest.mark.parametrize(
    "rates",
    [
        [{"amount": -1, "currency": "EUR"}],
        [{"amount": 1, "currency": "EUR"}, {"amount": 2, "currency": "EUR"}],
        [{"amount": 1, "currency": "XXX"}],
        [{"amount": 1.5, "currency": "EUR"}],
        None,
    ],
)
def test_rates_that_are_none_are_refused(client: Client, seller: Seller, rates: Any) -> None:
    answer = client.patch("/vendor/profile", json={"shipping": rates}, headers=seller[1])
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid")


ANNOUNCED = text("""
    SELECT aggregate_version AS version, envelope -> 'data' AS data FROM outbox
    WHERE aggregate_id = :id AND type = 'vendor.updated' ORDER BY seq
""")
