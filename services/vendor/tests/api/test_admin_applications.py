"""Applications as the admins who decide them meet them."""

from typing import Any

import pytest

from services.vendor.tests.api.conftest import Applicants, Client, Headers
from shared.events.ids import new_id
from shared.kit.tests.shop import bearer


def refused(answer: Any) -> tuple[int, str, set[str]]:
    assert answer.content_type == "application/problem+json", answer.text
    kind, errors = answer.json["type"].removeprefix("/problems/"), answer.json.get("errors", [])
    return answer.status_code, kind, {error["field"] for error in errors}


def decide(client: Client, admin: Headers, which: dict[str, Any], verb: str, **body: Any) -> Any:
    return client.post(f"/admin/vendors/applications/{which['id']}/{verb}", json=body, headers=admin)


def test_the_second_admin_is_told_who_decided_and_when(client: Client, applied: Applicants) -> None:
    _, made = applied()
    first, second = new_id(), new_id()
    decide(client, bearer("admin", sub=str(first)), made, "approve")
    late = decide(client, bearer("admin", sub=str(second)), made, "reject", reason="No")
    assert refused(late) == (409, "already-decided", set())
    assert (late.json["from"], late.json["to"], late.json["decided_by"]) == ("approved", "rejected", str(first))
    assert late.json["decided_at"].endswith("Z")


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("reject", {}, "reason"),
        ("reject", {"reason": " "}, "reason"),
        ("reject", {"reason": "x" * 501}, "reason"),
        ("approve", {"commission_bps": -1}, "commission_bps"),
        ("approve", {"commission_bps": 10_001}, "commission_bps"),
        ("approve", {"commission_bps": "10"}, "commission_bps"),
        ("approve", {"commission_bps": 0.5}, "commission_bps"),
    ],
)
def test_a_bad_decision_decides_nothing(
    client: Client, applied: Applicants, admin: Headers, verb: str, body: dict[str, Any], field: str
) -> None:
    headers, made = applied()
    assert refused(decide(client, admin, made, verb, **body)) == (422, "invalid", {field})
    assert client.get("/vendor/application", headers=headers).json["status"] == "pending"


def test_admins_filter_search_and_leaf(client: Client, applied: Applicants, admin: Headers) -> None:
    made = [applied(f"Leaf {number}", business_email=f"leaf{number}@x.example")[1]["id"] for number in range(5)]
    seen: list[str] = []
    page = client.get("/admin/vendors/applications?q=leaf&status=pending&limit=2", headers=admin)
    while True:
        seen += [item["id"] for item in page.json["items"]]
        if not page.json["next_cursor"]:
            break
        assert 'rel="next"' in page.headers["Link"]
        rest = f"&cursor={page.json['next_cursor']}"
        page = client.get(f"/admin/vendors/applications?q=leaf&status=pending&limit=2{rest}", headers=admin)
    assert seen == made[::-1]
    found = client.get("/admin/vendors/applications?q=LEAF3@x", headers=admin).json["items"]
    assert [item["id"] for item in found] == [made[3]]
    assert client.get("/admin/vendors/applications?q=leaf&status=rejected", headers=admin).json["items"] == []
    assert refused(client.get("/admin/vendors/applications?status=open", headers=admin)) == (422, "invalid", {"status"})


def test_from_application_to_profile(client: Client, applied: Applicants, admin: Headers) -> None:
    headers, made = applied(
        "Blue Lamp", description="Lamps", address={"line1": "1 Road", "city": "Rome", "country": "IT"}
    )
    assert (made["status"], made["documents"]) == ("pending", [])
    assert refused(client.get("/vendor/profile", headers=headers)) == (404, "no-vendor", set())
    approved = decide(client, admin, made, "approve", commission_bps=1234)
    assert (approved.status_code, approved.json["status"], approved.json["vendor_slug"]) == (
        200,
        "approved",
        "blue-lamp",
    )
    assert [act["action"] for act in approved.json["history"]] == ["application.approved", "application.submitted"]
    own = client.get("/vendor/application", headers=headers).json
    profile = client.get("/vendor/profile", headers=headers).json
    assert own["vendor_id"] == profile["id"]
    assert (profile["commission_bps"], profile["address"]["city"]) == (1234, "Rome")
    store = client.get("/vendor/store/blue-lamp").json
    assert (store["description"], store["city"], store["email"]) == ("Lamps", "Rome", None)


def test_rejected_with_a_reason_and_back_again(client: Client, applied: Applicants, admin: Headers) -> None:
    headers, made = applied()
    assert decide(client, admin, made, "reject", reason=" Not readable ").json["reason"] == "Not readable"
    again = client.post("/vendor/apply", json={"business_name": "Acme"}, headers=headers).json
    detail = client.get(f"/admin/vendors/applications/{again['id']}", headers=admin).json
    assert [(other["id"], other["status"]) for other in detail["others"]] == [(made["id"], "rejected")]
    withdrawn = client.post("/vendor/application/withdraw", headers=headers)
    assert (withdrawn.status_code, withdrawn.json["status"]) == (200, "withdrawn")
