"""A link lets in whoever has it, until its moment, to the one thing that it names."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from shared.kit.signing import LinkExpired, LinkInvalid, Links

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LINKS = Links("a secret", "documents")


def given(links: Links = LINKS) -> tuple[int, str]:
    query = parse_qs(links.query("one", NOW + timedelta(minutes=5)))
    return int(query["expires"][0]), query["signature"][0]


def test_a_link_lets_in_until_its_moment() -> None:
    LINKS.check("one", *given(), NOW)
    with pytest.raises(LinkExpired):
        LINKS.check("one", *given(), NOW + timedelta(minutes=5))


@pytest.mark.parametrize("links", [Links("another secret", "documents"), Links("a secret", "pictures")])
def test_a_link_of_another_secret_or_purpose_is_not_ours(links: Links) -> None:
    with pytest.raises(LinkInvalid):
        LINKS.check("one", *given(links), NOW)


def test_nothing_in_a_link_can_be_changed() -> None:
    expires, signature = given()
    for name, until, sign in [("two", expires, signature), ("one", expires + 1, signature), ("one", expires, "é")]:
        with pytest.raises(LinkInvalid):
            LINKS.check(name, until, sign, NOW)
