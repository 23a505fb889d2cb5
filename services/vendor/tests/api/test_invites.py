"""The doors of a vendor's invite links."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.vendor.consumers import on_customers_created
from services.vendor.tests.api.conftest import Client, Seller
from services.vendor.tests.building import LONG_AGO, created
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.tests.shop import bearer

FUTURE = (datetime.now(UTC) + timedelta(days=9)).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def make(client: Client, seller: Seller, **body: Any) -> Any:
    answer = client.post("/vendors/me/invite", json=body, headers=seller[1])
    assert answer.status_code == 201, answer.json
    return answer.json


def problem(answer: Any) -> tuple[int, str, list[str]]:
    assert answer.content_type == "application/problem+json"
    fields = [error["field"] for error in answer.json.get("errors", [])]
    return answer.status_code, answer.json["type"], fields


def test_a_vendor_makes_a_link_to_share(client: Client, seller: Seller) -> None:
    invite = make(client, seller, label="Spring fair", max_uses=2, expires_at=FUTURE)
    assert invite["url"] == f"http://localhost:8000/register?token={invite['token']}"
    known = {"label": "Spring fair", "max_uses": 2, "uses": 0, "expires_at": FUTURE, "revoked_at": None, "refused": {}}
    assert known.items() <= invite.items()
    assert set(invite) == {*known, "id", "token", "url", "created_at"}


def test_no_body_makes_a_link_without_limits(client: Client, seller: Seller) -> None:
    answer = client.post("/vendors/me/invite", headers=seller[1])
    assert (answer.status_code, answer.json["max_uses"], answer.json["expires_at"]) == (201, None, None)


def test_the_same_request_twice_makes_one_link(client: Client, seller: Seller) -> None:
    headers = {**seller[1], "Idempotency-Key": new_id().hex}
    first, second = (client.post("/vendors/me/invite", json={"label": "Once"}, headers=headers) for _ in "12")
    assert first.json == second.json
    assert len(client.get("/vendors/me/invites", headers=seller[1]).json["items"]) == 1
    other = client.post("/vendors/me/invite", json={"label": "Other"}, headers=headers)
    assert problem(other)[:2] == (422, "/problems/idempotency-key-reused")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"max_uses": 0}, "max_uses"),
        ({"max_uses": -1}, "max_uses"),
        ({"max_uses": 10**12}, "max_uses"),
        ({"max_uses": "5"}, "max_uses"),
        ({"max_uses": 1.5}, "max_uses"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": "2031-01-01T00:00:00"}, "expires_at"),
        ({"label": "x" * 81}, "label"),
        ({"label": "a\u0000b"}, "label"),
        ({"uses": 3}, "uses"),
    ],
)
def test_what_is_wrong_with_a_link_is_named(client: Client, seller: Seller, body: dict[str, Any], field: str) -> None:
    answer = client.post("/vendors/me/invite", json=body, headers=seller[1])
    assert problem(answer) == (422, "/problems/invalid", [field])
    assert client.get("/vendors/me/invites", headers=seller[1]).json["items"] == []


def test_links_are_listed_with_what_they_brought(client: Client, seller: Seller, database: Database) -> None:
    invite, other = make(client, seller, max_uses=1), make(client, seller)
    with database.transaction() as session:
        on_customers_created(session, [created(invite["token"], at=datetime.now(UTC), name=name) for name in "AB"])
    page = client.get("/vendors/me/invites", headers=seller[1]).json
    assert [(item["id"], item["uses"], item["refused"]) for item in page["items"]] == [
        (other["id"], 0, {}),
        (invite["id"], 1, {"exhausted": 1}),
    ]
    (refusal,) = client.get("/vendors/me/invites/refusals", headers=seller[1]).json["items"]
    assert (refusal["reason"], refusal["invite_token_id"]) == ("exhausted", invite["id"])
    assert refusal["customer_name"] in {"A", "B"}
    assert refusal["sentence"].startswith(refusal["customer_name"])


def test_pages_of_links_follow_each_other(client: Client, seller: Seller) -> None:
    ids = [make(client, seller)["id"] for _ in range(3)]
    first = client.get("/vendors/me/invites?limit=2", headers=seller[1])
    assert 'rel="next"' in first.headers["Link"]
    rest = client.get(f"/vendors/me/invites?limit=2&cursor={first.json['next_cursor']}", headers=seller[1])
    assert [item["id"] for item in first.json["items"] + rest.json["items"]] == ids[::-1]
    assert rest.json["next_cursor"] is None
    assert problem(client.get("/vendors/me/invites?cursor=x", headers=seller[1])) == (
        422,
        "/problems/invalid",
        ["cursor"],
    )


def test_a_link_is_relabelled_and_revoked_for_good(client: Client, seller: Seller) -> None:
    at = f"/vendors/me/invites/{make(client, seller)['id']}"
    assert client.patch(at, json={"label": "New"}, headers=seller[1]).json["label"] == "New"
    assert client.patch(at, json={"label": None}, headers=seller[1]).json["label"] is None
    assert problem(client.patch(at, json={}, headers=seller[1])) == (422, "/problems/invalid", ["label"])
    first, second = (client.post(f"{at}/revoke", headers=seller[1]).json["revoked_at"] for _ in "12")
    assert first == second
    assert first is not None


def test_another_vendors_link_is_refused_and_unchanged(
    client: Client, seller: Seller, sellers: Callable[..., Seller]
) -> None:
    stranger = sellers(name="Vendor B")
    invite = make(client, seller, label="Mine")
    at = f"/vendors/me/invites/{invite['id']}"
    for answer in (
        client.patch(at, json={"label": "Theirs"}, headers=stranger[1]),
        client.post(f"{at}/revoke", headers=stranger[1]),
    ):
        assert problem(answer)[:2] == (403, "/problems/not-your-invite")
    assert client.get("/vendors/me/invites", headers=seller[1]).json["items"] == [invite]
    unknown = client.post(f"/vendors/me/invites/{new_id()}/revoke", headers=seller[1])
    assert problem(unknown)[:2] == (404, "/problems/unknown-invite")


def test_a_suspended_vendor_reads_and_revokes_but_makes_no_link(client: Client, sellers: Callable[..., Seller]) -> None:
    suspended = sellers(statuses=[(LONG_AGO, "suspended")])
    answer = client.post("/vendors/me/invite", json={}, headers=suspended[1])
    assert problem(answer)[:2] == (409, "/problems/vendor-suspended")
    assert client.get("/vendors/me/invites", headers=suspended[1]).status_code == 200


def test_only_vendors_come_in(client: Client) -> None:
    at = "/vendors/me/invites"
    assert client.get(at).status_code == 401
    assert client.get(at, headers=bearer("customer")).status_code == 403
    assert client.get(at, headers=bearer("admin")).status_code == 403
    assert problem(client.get(at, headers=bearer("vendor")))[:2] == (404, "/problems/no-vendor")
