"""Applying to sell, as applicants meet it."""

from typing import Any

import pytest

from services.vendor.tests.api.conftest import Applicants, Client, customer
from shared.events.ids import new_id


def refused(answer: Any) -> tuple[int, str, set[str]]:
    assert answer.content_type == "application/problem+json", answer.text
    kind, errors = answer.json["type"].removeprefix("/problems/"), answer.json.get("errors", [])
    return answer.status_code, kind, {error["field"] for error in errors}


def test_a_second_open_application_is_refused(client: Client, applied: Applicants) -> None:
    headers, _ = applied()
    answer = client.post("/vendor/apply", json={"business_name": "Other"}, headers=headers)
    assert refused(answer) == (409, "already-applied", set())


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "business_name"),
        ({"business_name": "  "}, "business_name"),
        ({"business_name": "x" * 81}, "business_name"),
        ({"business_name": "A", "business_email": "nobody"}, "business_email"),
        ({"business_name": "A", "website": "javascript:alert(1)"}, "website"),
        ({"business_name": "A", "website": "ftp://a.example"}, "website"),
        ({"business_name": "A", "phone": "call me"}, "phone"),
        ({"business_name": "A", "description": "x" * 2001}, "description"),
        ({"business_name": "A", "address": {"line1": "x"}}, "address.city"),
        ({"business_name": "A", "address": {"line1": "x", "city": "y", "country": "xx"}}, "address.country"),
        ({"business_name": "A", "user_id": str(new_id())}, "user_id"),
        ({"business_name": "A", "status": "approved"}, "status"),
        ({"business_name": "A\u0000"}, "business_name"),
    ],
)
def test_bad_input_is_named_and_nothing_is_made(client: Client, body: dict[str, Any], field: str) -> None:
    headers = customer(new_id())
    status, kind, fields = refused(client.post("/vendor/apply", json=body, headers=headers))
    assert (status, kind) == (422, "invalid")
    assert field in fields
    assert client.get("/vendor/application", headers=headers).status_code == 404
