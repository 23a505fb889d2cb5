"""What identity does when vendor says something, whatever comes twice, late, or in the wrong order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from services.identity.consumers import HANDLERS
from services.identity.domain import users
from services.identity.domain.users import UnknownUser
from services.identity.tests.conftest import Registers, Transaction
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.ids import new_id
from shared.events.vendor import VendorApproved, VendorReactivated, VendorSuspended, VendorUpdated

NOW = datetime(2026, 11, 20, tzinfo=UTC)
NAMES: dict[str, Any] = {"name": "A", "slug": "a", "code": "AAA"}
FACTS: dict[str, Any] = {
    "approved": lambda key: VendorApproved(**key, **NAMES, commission_bps=1000, approved_at=NOW),
    "suspended": lambda key: VendorSuspended(**key, reason="Complaints", suspended_at=NOW),
    "reactivated": lambda key: VendorReactivated(**key, reactivated_at=NOW),
    "deleted": lambda key: updated(key, "deleted"),
    "restored": lambda key: updated(key, "approved"),
}
LIVES = [
    (("approved",), "vendor"),
    (("approved", "suspended"), "vendor"),
    (("approved", "suspended", "reactivated"), "vendor"),
    (("approved", "deleted"), "customer"),
    (("approved", "suspended", "deleted"), "customer"),
    (("approved", "deleted", "restored"), "vendor"),
]


def updated(key: dict[str, Any], status: str) -> Event:
    return VendorUpdated(**key, **NAMES, status=status, commission_bps=1000, commission_from=NOW, updated_at=NOW)


def told(key: dict[str, UUID], life: tuple[str, ...]) -> list[Envelope[Any]]:
    return [
        Envelope(
            id=new_id(),
            source="vendor",
            aggregate_id=key["vendor_id"],
            aggregate_version=version,
            occurred_at=NOW + timedelta(minutes=version),
            correlation_id="test",
            event=FACTS[fact](key),
        )
        for version, fact in enumerate(life, 1)
    ]


def hear(transaction: Transaction, *envelopes: Envelope[Any]) -> None:
    for envelope in envelopes:
        handle: Any = HANDLERS[type(envelope.event)]
        with transaction() as session:
            handle(session, envelope)


def role(transaction: Transaction, user_id: UUID) -> str:
    with transaction() as session:
        return users.present(session, user_id).role


@pytest.mark.parametrize(
    ("life", "after"), LIVES, ids=lambda value: "-".join(value) if isinstance(value, tuple) else value
)
def test_whatever_the_order_and_however_often_the_newest_word_decides(
    life: tuple[str, ...], after: str, registered: Registers, transaction: Transaction
) -> None:
    for order in permutations(range(len(life))):
        user = registered()
        events = told({"vendor_id": new_id(), "user_id": user.id}, life)
        hear(transaction, *[events[place] for place in order * 2])
        assert role(transaction, user.id) == after, order


def test_who_became_another_vendor_stays_one_when_the_first_is_deleted(
    registered: Registers, transaction: Transaction
) -> None:
    user = registered()
    first, second = ({"vendor_id": new_id(), "user_id": user.id} for _ in "12")
    hear(transaction, *told(second, ("approved",)), *told(first, ("approved", "deleted")))
    assert role(transaction, user.id) == "vendor"


@pytest.mark.parametrize("life", [("approved",), ("approved", "deleted")])
def test_an_admin_stays_one(life: tuple[str, ...], registered: Registers, transaction: Transaction) -> None:
    admin = registered(role="admin")
    hear(transaction, *told({"vendor_id": new_id(), "user_id": admin.id}, life))
    assert role(transaction, admin.id) == "admin"


def test_a_word_about_somebody_unknown_is_tried_again(transaction: Transaction) -> None:
    with pytest.raises(UnknownUser):
        hear(transaction, *told({"vendor_id": new_id(), "user_id": new_id()}, ("approved",)))


def test_the_table_of_handlers_says_what_is_listened_to() -> None:
    assert set(HANDLERS) == {VendorApproved, VendorSuspended, VendorReactivated, VendorUpdated}
