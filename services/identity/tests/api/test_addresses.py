"""Addresses, from outside."""

from __future__ import annotations

from typing import Any

import pytest

from services.identity.tests.api.conftest import People, Person, problem
from services.identity.tests.domain.test_addresses import HOME


def add(person: Person, **changes: Any) -> dict[str, Any]:
    answer = person.send("POST", "/me/addresses", HOME | changes)
    assert answer.status_code == 201
    assert answer.json
    return dict(answer.json)


def test_an_address_is_added_listed_changed_and_removed(member: People) -> None:
    person = member()
    home = add(person, postal_code="SW1Y 4JH")
    assert (home["is_default"], home["line2"], home["country"]) == (True, None, "GB")
    assert person.send("GET", "/me/addresses").json == {"items": [home], "next_cursor": None}
    changed = person.send("PATCH", f"/me/addresses/{home['id']}", {"city": "Bath", "postal_code": None}).json
    assert changed == home | {"city": "Bath", "postal_code": None}
    assert person.send("DELETE", f"/me/addresses/{home['id']}").status_code == 204
    assert person.send("GET", "/me/addresses").json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_the_address_of_another_is_not_found(method: str, member: People) -> None:
    home = add(member())
    body = {"city": "Bath"} if method == "PATCH" else None
    assert problem(member().send(method, f"/me/addresses/{home['id']}", body))[:2] == (404, "not-found")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": "UK"}, "country"),
        ({"country": "de"}, "country"),
        ({"city": ""}, "city"),
        ({"line1": None}, "line1"),
        ({"is_default": "yes"}, "is_default"),
        ({"planet": "Earth"}, "planet"),
    ],
)
def test_a_bad_address_is_refused_by_the_name_of_its_field(changes: dict[str, Any], field: str, member: People) -> None:
    assert problem(member().send("POST", "/me/addresses", HOME | changes)) == (422, "invalid", {field})
