"""Watching over vendors, and the audit trail, as admins meet them."""

from typing import Any

import pytest

from services.vendor.tests.api.conftest import Client, Headers, Seller, customer
from shared.events.ids import new_id


def act(client: Client, headers: Headers, seller: Seller, verb: str, **body: Any) -> Any:
    return client.post(f"/admin/vendors/{seller[0].id}/{verb}", json=body, headers=headers)


def test_a_suspended_vendor_reads_and_does_not_sell(client: Client, seller: Seller, admin: Headers) -> None:
    vendor, headers = seller
    token = client.post("/vendors/me/invite", headers=headers).json["token"]
    shown = act(client, admin, seller, "suspend", reason="Many complaints")
    assert (shown.status_code, shown.json["status"], shown.json["statuses"][0]["reason"]) == (
        200,
        "suspended",
        "Many complaints",
    )
    own = client.get("/vendor/profile", headers=headers).json
    assert (own["status"], own["status_reason"]) == ("suspended", "Many complaints")
    assert client.get("/vendors/me/customers", headers=headers).status_code == 200
    refusals = [
        client.post("/vendors/me/invite", headers=headers),
        client.patch("/vendor/profile", json={"description": "x"}, headers=headers),
        client.put("/vendor/profile/logo", data=b"x", headers=headers),
    ]
    assert {(answer.status_code, answer.json["type"]) for answer in refusals} == {(409, "/problems/vendor-suspended")}
    assert client.get(f"/vendor/store/{vendor.slug}").status_code == 404
    accepted = client.post(f"/invites/{token}/accept", headers=customer(new_id())).json
    assert accepted["outcome"] == "vendor_not_approved"
    assert act(client, admin, seller, "reactivate").json["status"] == "approved"
    assert client.get(f"/vendor/store/{vendor.slug}").status_code == 200


def test_an_illegal_step_names_both_ends(client: Client, seller: Seller, admin: Headers) -> None:
    for verb, to in (("reactivate", "approved"), ("restore", "approved")):
        answer = act(client, admin, seller, verb)
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/wrong-status")
        assert (answer.json["from"], answer.json["to"]) == ("approved", to)


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("suspend", {}, "reason"),
        ("suspend", {"reason": "  "}, "reason"),
        ("delete", {}, "reason"),
        ("commission", {}, "commission_bps"),
        ("commission", {"commission_bps": 10_001}, "commission_bps"),
        ("commission", {"commission_bps": -1}, "commission_bps"),
        ("commission", {"commission_bps": 1, "effective_from": "2020-01-01T00:00:00Z"}, "effective_from"),
        ("commission", {"commission_bps": 1, "effective_from": "tomorrow"}, "effective_from"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    client: Client, seller: Seller, admin: Headers, verb: str, body: dict[str, Any], field: str
) -> None:
    before = client.get(f"/admin/vendors/{seller[0].id}", headers=admin).json
    answer = act(client, admin, seller, verb, **body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert client.get(f"/admin/vendors/{seller[0].id}", headers=admin).json == before


def test_a_commission_is_set_for_later_and_its_history_is_shown(client: Client, seller: Seller, admin: Headers) -> None:
    act(client, admin, seller, "commission", commission_bps=1500, reason="As agreed")
    later = act(client, admin, seller, "commission", commission_bps=500, effective_from="2091-01-01T00:00:00Z").json
    assert later["commission_bps"] == 1500
    rates = [(rate["commission_bps"], rate["reason"]) for rate in later["commissions"]]
    assert rates[:2] == [(500, None), (1500, "As agreed")]
    assert client.get("/vendor/profile", headers=seller[1]).json["commission_bps"] == 1500


def test_deleted_vendors_are_listed_only_when_asked_for(client: Client, seller: Seller, admin: Headers) -> None:
    key = str(seller[0].id)
    query = f"/admin/vendors?q={seller[0].slug}"
    assert [item["id"] for item in client.get(query, headers=admin).json["items"]] == [key]
    act(client, admin, seller, "delete", reason="Left")
    assert client.get(query, headers=admin).json["items"] == []
    assert [item["id"] for item in client.get(f"{query}&status=deleted", headers=admin).json["items"]] == [key]
    assert client.get("/vendor/profile", headers=seller[1]).status_code == 404
    assert act(client, admin, seller, "restore").json["status"] == "approved"


def test_every_act_of_admins_and_vendors_is_in_the_audit_trail(client: Client, seller: Seller, admin: Headers) -> None:
    vendor, headers = seller
    invite = client.post("/vendors/me/invite", json={"label": "Fair"}, headers=headers).json
    client.patch(f"/vendors/me/invites/{invite['id']}", json={"label": "Market"}, headers=headers)
    person = new_id()
    client.post(f"/invites/{invite['token']}/accept", headers=customer(person))
    client.delete(f"/vendors/me/customers/{person}", headers=headers)
    client.post(f"/vendors/me/invites/{invite['id']}/revoke", headers=headers)
    client.patch("/vendor/profile", json={"description": "Anvils"}, headers=headers)
    client.patch("/vendor/profile", json={"description": "Anvils"}, headers=headers)
    act(client, admin, seller, "suspend", reason="Complaints")
    rows = client.get(f"/admin/audit?vendor_id={vendor.id}", headers=admin).json["items"]
    assert [row["action"] for row in rows] == [
        "vendor.suspended",
        "profile.changed",
        "invite.revoked",
        "customer.removed",
        "invite.relabelled",
        "invite.created",
    ]
    assert {row["actor_id"] for row in rows[1:]} == {str(vendor.user_id)}
    assert {row["address"] for row in rows} == {"127.0.0.1"}
    assert (rows[1]["before"], rows[1]["after"]) == ({"description": None}, {"description": "Anvils"})
    assert invite["token"] not in str(rows), "a token is a secret of sorts"
    chosen = client.get(f"/admin/audit?vendor_id={vendor.id}&action=vendor.suspended", headers=admin).json["items"]
    assert [row["reason"] for row in chosen] == ["Complaints"]
