"""Profile, bank details, pictures and documents, as their owners and others meet them."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from services.vendor.domain import banking
from services.vendor.models import VendorProfile
from services.vendor.settings import Settings
from services.vendor.tests import pictures
from services.vendor.tests.api.conftest import Client, Headers, Seller, customer
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.sealing import Seal, Unreadable
from shared.kit.tests.shop import bearer

IBAN = "GB82 WEST 1234 5698 7654 32"
BANK = {"holder": "Ada Lovelace", "iban": IBAN, "bic": None}
OVER = 10 * 1024 * 1024 + 1


def served(client: Client, url: str) -> Any:
    return client.get(url.partition("/api")[2])


def kind(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["type"].removeprefix("/problems/")


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


def test_a_picture_is_shown_in_its_sizes_and_the_one_before_is_gone(client: Client, seller: Seller) -> None:
    _, headers = seller
    first = client.put("/vendor/profile/logo", data=pictures.image("JPEG", 900, 600), headers=headers).json["logo"]
    assert [size["width"] for size in first] == [512, 128]
    answer = served(client, first[0]["url"])
    assert (answer.content_type, answer.headers["Cache-Control"]) == (
        "image/webp",
        "public, max-age=31536000, immutable",
    )
    with Image.open(BytesIO(answer.data)) as image:
        assert image.size == (512, 341)
    client.put("/vendor/profile/logo", data=pictures.image("PNG"), headers=headers)
    assert served(client, first[0]["url"]).status_code == 404
    same = [client.put("/vendor/profile/logo", data=pictures.image("PNG"), headers=headers).json["logo"] for _ in "12"]
    assert served(client, same[1][0]["url"]).status_code == 200


@pytest.mark.parametrize("name", ["x", "..%2f..%2fetc%2fpasswd", "0" * 32 + "-logo-" + "0" * 32 + "-512.webp"])
def test_nothing_else_is_served_as_a_picture(client: Client, name: str) -> None:
    assert client.get(f"/vendor/media/{name}").status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 422, "empty-file"),
        (pictures.HTML, 415, "wrong-file-type"),
        (pictures.PDF, 415, "wrong-file-type"),
        (pictures.bomb(), 422, "image-too-large"),
        (pictures.text_bomb(), 422, "unreadable-file"),
        (pictures.image("PNG")[:-40], 422, "unreadable-file"),
        (b"\x89PNG" + b"\0" * OVER, 413, "body-too-large"),
    ],
    ids=["empty", "html", "pdf", "bomb", "text bomb", "cut", "too large"],
)
def test_bad_pictures_are_refused_and_nothing_changes(
    client: Client, seller: Seller, content: bytes, status: int, said: str
) -> None:
    for which in ("logo", "banner"):
        assert kind(client.put(f"/vendor/profile/{which}", data=content, headers=seller[1])) == (status, said)
    assert client.get("/vendor/profile", headers=seller[1]).json["logo"] == []


def test_a_document_is_read_through_a_link_that_is_good_for_a_while(
    client: Client, seller: Seller, settings: Settings
) -> None:
    _, headers = seller
    made = client.post("/vendor/documents?name=pass.exe", data=pictures.PDF, headers=headers).json
    assert (made["name"], made["media_type"], made["size"]) == ("pass.pdf", "application/pdf", len(pictures.PDF))
    link = client.get(f"/vendor/documents/{made['id']}", headers=headers).json
    answer = served(client, link["url"])
    assert (answer.data, answer.content_type) == (pictures.PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''pass.pdf"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    assert kind(served(client, link["url"][:-1] + "_")) == (403, "link-invalid")
    other = client.post("/vendor/documents", data=pictures.PDF, headers=headers).json["id"]
    assert kind(served(client, link["url"].replace(made["id"], other))) == (403, "link-invalid")
    past = settings.document_links.query(made["id"], datetime.now(UTC) - timedelta(seconds=1))
    assert kind(client.get(f"/vendor/documents/{made['id']}/content?{past}")) == (403, "link-expired")


def test_somebody_else_s_document_is_refused_and_an_admin_s_look_is_noted(
    client: Client, seller: Seller, sellers: Any
) -> None:
    made = client.post("/vendor/documents", data=pictures.PDF, headers=seller[1]).json
    for stranger in (sellers()[1], customer(new_id())):
        assert kind(client.get(f"/vendor/documents/{made['id']}", headers=stranger)) == (403, "not-your-document")
        assert kind(client.delete(f"/vendor/documents/{made['id']}", headers=stranger)) == (403, "not-your-document")
    admin = bearer("admin")
    assert client.get(f"/vendor/documents/{made['id']}", headers=admin).status_code == 200
    acts = client.get(f"/admin/audit?subject_id={made['id']}", headers=admin).json["items"]
    assert [act["action"] for act in acts] == ["document.opened", "document.added"]


def test_documents_need_an_application_have_a_number_and_stay_once_decided_upon(client: Client) -> None:
    headers: Headers = customer(new_id())
    assert kind(client.post("/vendor/documents", data=pictures.PDF, headers=headers)) == (409, "nothing-to-prove")
    asked = client.post("/vendor/apply", json={"business_name": "Papers"}, headers=headers).json
    made = [client.post("/vendor/documents", data=pictures.PDF, headers=headers).json["id"] for _ in range(20)]
    assert kind(client.post("/vendor/documents", data=pictures.PDF, headers=headers)) == (409, "too-many-documents")
    assert client.delete(f"/vendor/documents/{made[0]}", headers=headers).status_code == 204
    assert kind(client.get(f"/vendor/documents/{made[0]}", headers=headers)) == (404, "unknown-document")
    rejection = f"/admin/vendors/applications/{asked['id']}/reject"
    shown = client.post(rejection, json={"reason": "No"}, headers=bearer("admin")).json
    assert [document["id"] for document in shown["documents"]] == made[1:]
    assert kind(client.delete(f"/vendor/documents/{made[1]}", headers=headers)) == (409, "on-record")


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 422, "empty-file"),
        (pictures.HTML, 415, "wrong-file-type"),
        (pictures.image("WEBP"), 415, "wrong-file-type"),
        (b"%PDF-1.4 and nothing more", 422, "unreadable-file"),
        (pictures.PDF + b"\0" * OVER, 413, "body-too-large"),
    ],
    ids=["empty", "html", "webp", "cut", "too large"],
)
def test_bad_documents_are_refused_and_nothing_is_kept(
    client: Client, seller: Seller, content: bytes, status: int, said: str
) -> None:
    assert kind(client.post("/vendor/documents?name=a.pdf", data=content, headers=seller[1])) == (status, said)
    assert client.get("/vendor/documents", headers=seller[1]).json["items"] == []
