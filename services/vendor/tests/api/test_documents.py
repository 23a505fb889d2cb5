"""Private documents: what is taken, who reads them, and for how long."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.vendor.settings import Settings
from services.vendor.tests import pictures
from services.vendor.tests.api.conftest import Client, Headers, Seller, customer
from shared.events.ids import new_id
from shared.kit.tests.shop import bearer

IBAN = "GB82 WEST 1234 5698 7654 32"

BANK = {"holder": "Ada Lovelace", "iban": IBAN, "bic": None}

OVER = 10 * 1024 * 1024 + 1


def served(client: Client, url: str) -> Any:
    return client.get(url.partition("/api")[2])


def kind(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["type"].removeprefix("/problems/")


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
