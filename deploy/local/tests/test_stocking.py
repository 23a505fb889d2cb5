"""Very many products: how far they are is told, and a token that has expired on the way is had anew."""

from __future__ import annotations

import json

import httpx
import pytest

from deploy.local.api import Person, Refused
from deploy.local.stocking import Telling


def a_person(answers: list[int]) -> tuple[Person, list[str]]:
    """Somebody whose requests are answered with these statuses in turn, log-ins with a token; and what was asked."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.url.path} {request.headers.get('Authorization')}")
        if request.url.path == "/api/login":
            good = json.loads(request.content)["password"] == "right"
            return httpx.Response(200 if good else 401, json={"access_token": f"token-{len(asked)}"})
        return httpx.Response(answers.pop(0), json={"id": "x"})

    person = Person("http://shop.example")
    person._http = httpx.Client(base_url="http://shop.example/api", transport=httpx.MockTransport(answer))
    return person, asked


def test_who_is_signed_out_on_the_way_signs_in_again_once() -> None:
    person, asked = a_person([200, 401, 200, 401, 401])
    person.sign_in("a@shop.example", "right")
    assert person.get("/me") == person.get("/me") == {"id": "x"}
    assert asked[-3:] == ["/api/me Bearer token-1", "/api/login Bearer token-1", "/api/me Bearer token-4"]
    with pytest.raises(Refused):
        person.get("/me")


def test_who_was_never_signed_in_is_refused_at_once() -> None:
    person, asked = a_person([401])
    with pytest.raises(Refused):
        person.sign_in("a@shop.example", "wrong")
    with pytest.raises(Refused):
        person.get("/me")
    assert len(asked) == 2


def test_jobs_are_told_of_together() -> None:
    said: list[str] = []
    tell = Telling(5000, said.append, seconds=0)
    tell({"id": "a", "rows": {"checked": 2000, "create": 1500, "update": 100}})
    tell({"id": "b", "rows": {"checked": 1000, "create": 0, "update": 0}})
    tell({"id": "a", "rows": {"checked": 2000, "create": 0, "update": 0}})
    assert said == [
        "2,000 of 5,000 checked, 400 there",
        "3,000 of 5,000 checked, 1,400 there",
        "3,000 of 5,000 checked, 3,000 there",
    ]
    assert Telling(1, said.append).words == "0 of 1 checked, 0 there"
