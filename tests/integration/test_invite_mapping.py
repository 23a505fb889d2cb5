"""Whoever registers through a vendor's link is on that vendor's list, exactly once; and if not, the system says why."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tests.eventually import eventually
from tests.integration.marketplace import Marketplace, Person, Seller

OUTCOMES = text("SELECT outcome FROM invite_outcome WHERE customer_id = :id ORDER BY occurred_at")
ANNOUNCED = text("""
    SELECT type, coalesce(envelope -> 'data' ->> 'reason', 'linked') AS reason, correlation_id,
           envelope ->> 'causationid' AS cause, envelope ->> 'traceparent' AS traceparent
    FROM outbox WHERE envelope -> 'data' ->> 'customer_id' = CAST(:id AS text) ORDER BY seq
""")


def outcomes(marketplace: Marketplace, person: Person) -> list[str]:
    """What became of a person's invitations, in order."""
    with marketplace.vendor.db.transaction() as session:
        return list(session.scalars(OUTCOMES, {"id": person.id}))


def announced(marketplace: Marketplace, person: Person) -> list[Any]:
    """What vendor said of a person, in order."""
    with marketplace.vendor.db.transaction() as session:
        return list(session.execute(ANNOUNCED, {"id": person.id}).all())


def assert_listed(marketplace: Marketplace, seller: Seller, ids: set[UUID]) -> None:
    """The list holds these people and nobody else."""
    assert set(marketplace.customers(seller)) == ids


@pytest.fixture(scope="module")
def seller(marketplace: Marketplace) -> Seller:
    """A vendor of this module's tests."""
    return marketplace.seller("Vendor M")


def test_everyone_who_registers_through_the_link_is_listed(marketplace: Marketplace) -> None:
    vendor, token = marketplace.vendor_with_invite("Vendor A")
    people = {marketplace.register(name, token).id: name for name in "ABC"}
    eventually(lambda: assert_listed(marketplace, vendor, set(people)), timeout=30)
    shown = marketplace.customers(vendor)
    assert {one: shown[one]["name"] for one in people} == people
    with marketplace.vendor.db.transaction() as session:
        rows = session.execute(
            text("SELECT customer_id, vendor_id, source, removed_at FROM vendor_customer WHERE vendor_id = :id"),
            {"id": vendor.vendor_id},
        )
        assert {tuple(row) for row in rows} == {(one, vendor.vendor_id, "registration", None) for one in people}


def _plain(marketplace: Marketplace, seller: Seller) -> str:
    return str(marketplace.invite(seller)["token"])


def _unknown(marketplace: Marketplace, seller: Seller) -> str:
    return f"nobody-made-{uuid4().hex}"


def _expired(marketplace: Marketplace, seller: Seller) -> str:
    expires = datetime.now(UTC) + timedelta(seconds=1)
    token = str(marketplace.invite(seller, expires_at=expires.isoformat())["token"])
    eventually(lambda: datetime.now(UTC) > expires)
    return token


def _revoked(marketplace: Marketplace, seller: Seller) -> str:
    invite = marketplace.invite(seller)
    answer = marketplace.call(marketplace.vendor, "POST", f"/vendors/me/invites/{invite['id']}/revoke", by=seller)
    assert answer.status_code == 200, answer.text
    return str(invite["token"])


def _exhausted(marketplace: Marketplace, seller: Seller) -> str:
    token = str(marketplace.invite(seller, max_uses=1)["token"])
    first = marketplace.register("First", token)
    eventually(lambda: outcomes(marketplace, first) == ["linked"], timeout=30)
    return token


def _of_a_suspended_vendor(marketplace: Marketplace, seller: Seller) -> str:
    other, token = marketplace.vendor_with_invite("Vendor S")
    marketplace.job("vendor", "suspend-vendor", "--slug", other.slug, "--reason", "Many complaints")
    return token


@pytest.mark.parametrize(
    ("outcome", "make"),
    [
        ("linked", _plain),
        ("unknown_token", _unknown),
        ("expired", _expired),
        ("revoked", _revoked),
        ("exhausted", _exhausted),
        ("vendor_not_approved", _of_a_suspended_vendor),
    ],
)
def test_every_outcome_is_recorded_and_announced_with_its_reason(
    marketplace: Marketplace, seller: Seller, outcome: str, make: Callable[[Marketplace, Seller], str]
) -> None:
    person = marketplace.register("Guest", make(marketplace, seller))
    eventually(lambda: outcomes(marketplace, person) == [outcome], timeout=30)
    (news,) = announced(marketplace, person)
    kind = "vendor_customer.linked" if outcome == "linked" else "vendor_invite.refused"
    assert (news.type, news.reason) == (kind, outcome)
    assert (person.id in marketplace.customers(seller)) == (outcome == "linked")
    marketplace.sign_in(person)
    mine = marketplace.call(marketplace.vendor, "GET", "/vendor/invitations/mine", by=person).json()
    assert [item["outcome"] for item in mine["items"]] == [outcome]
    assert mine["items"][0]["sentence"]


def test_somebody_with_an_account_accepts_and_accepting_twice_changes_nothing(
    marketplace: Marketplace, seller: Seller
) -> None:
    token, person = marketplace.invite(seller)["token"], marketplace.register("Old Hand")
    marketplace.sign_in(person)
    first, second = (
        marketplace.call(marketplace.vendor, "POST", f"/invites/{token}/accept", by=person) for _ in range(2)
    )
    assert (first.json()["outcome"], second.json()["outcome"]) == ("linked", "already_linked")
    assert marketplace.customers(seller)[person.id]["source"] == "acceptance"
    assert outcomes(marketplace, person) == ["linked", "already_linked"]
    assert [news.reason for news in announced(marketplace, person)] == ["linked", "already_linked"]


def test_who_was_removed_stays_removed_when_the_registration_is_delivered_again(
    marketplace: Marketplace, seller: Seller
) -> None:
    token = marketplace.invite(seller)["token"]
    person = marketplace.register("Removed", token)
    eventually(lambda: outcomes(marketplace, person) == ["linked"], timeout=30)
    removed = marketplace.call(marketplace.vendor, "DELETE", f"/vendors/me/customers/{person.id}", by=seller)
    assert removed.status_code == 204
    _deliver_again(marketplace, person)
    after = marketplace.register("After", token)
    eventually(lambda: after.id in marketplace.customers(seller), timeout=30)
    assert person.id not in marketplace.customers(seller)
    assert outcomes(marketplace, person) == ["linked"]
    marketplace.sign_in(person)
    back = marketplace.call(marketplace.vendor, "POST", f"/invites/{token}/accept", by=person).json()
    assert back["outcome"] == "linked"
    assert person.id in marketplace.customers(seller)


def _deliver_again(marketplace: Marketplace, person: Person) -> None:
    """Have the relay send what was said of a person once more."""
    unmark = text("UPDATE outbox SET published_at = NULL, log_position = NULL WHERE aggregate_id = :id")
    left = text("SELECT count(*) FROM outbox WHERE published_at IS NULL")
    with marketplace.identity.db.transaction() as session:
        session.execute(unmark, {"id": person.id})

    def sent() -> bool:
        with marketplace.identity.db.transaction() as session:
            return bool(session.scalar(left) == 0)

    eventually(sent, timeout=30)


def test_approval_reaches_identity_and_the_next_token_carries_the_role(marketplace: Marketplace) -> None:
    person = marketplace.register("Ambitious")
    assert marketplace.sign_in(person) == "customer"
    marketplace.job("vendor", "create-vendor", "--user-id", str(person.id), "--name", "Ambition Ltd")
    eventually(lambda: marketplace.sign_in(person) == "vendor", timeout=30, every=0.1)
    assert marketplace.call(marketplace.vendor, "GET", "/vendors/me/customers", by=person).status_code == 200


@pytest.mark.parametrize("way", ["registering", "accepting"])
def test_of_two_who_take_the_last_use_at_the_same_moment_one_gets_it(
    marketplace: Marketplace, seller: Seller, way: str
) -> None:
    token = marketplace.invite(seller, max_uses=1)["token"]
    people = [marketplace.register(name, None) for name in ("One", "Two")] if way == "accepting" else []
    for person in people:
        marketplace.sign_in(person)
    with ThreadPoolExecutor(2) as pool:
        if way == "accepting":
            path = f"/invites/{token}/accept"
            list(pool.map(lambda one: marketplace.call(marketplace.vendor, "POST", path, by=one), people))
        else:
            people = list(pool.map(lambda name: marketplace.register(name, token), ("One", "Two")))
    eventually(lambda: all(outcomes(marketplace, person) for person in people), timeout=30)
    assert sorted(outcomes(marketplace, person)[0] for person in people) == ["exhausted", "linked"]
    listed = [person for person in people if person.id in marketplace.customers(seller)]
    assert [outcomes(marketplace, person) for person in listed] == [["linked"]]


def test_one_thread_leads_from_the_request_to_the_mapping(marketplace: Marketplace, seller: Seller) -> None:
    token, request = marketplace.invite(seller)["token"], f"journey-{uuid4().hex}"
    parent = f"00-{uuid4().hex}-00f067aa0ba902b7-01"
    headers = {"X-Request-Id": request, "traceparent": parent}
    person = marketplace.register("Traced", token, headers=headers)
    eventually(lambda: bool(announced(marketplace, person)), timeout=30)
    (news,) = announced(marketplace, person)
    with marketplace.identity.db.transaction() as session:
        cause = session.scalar(text("SELECT event_id FROM outbox WHERE aggregate_id = :id"), {"id": person.id})
    assert (news.correlation_id, news.cause, news.traceparent) == (request, str(cause), parent)


def test_the_mapping_is_there_within_a_moment(marketplace: Marketplace, seller: Seller) -> None:
    person = marketplace.register("Prompt", marketplace.invite(seller)["token"])
    answered = time.monotonic()
    eventually(lambda: outcomes(marketplace, person) == ["linked"], timeout=30)
    assert time.monotonic() - answered < 5
