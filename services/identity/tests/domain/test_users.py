"""Registering, changing, becoming a vendor."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.identity.domain import emails, users
from services.identity.domain.users import EmailTaken, Registration, UnknownUser
from services.identity.models import User
from services.identity.tests.conftest import Registers, Transaction, approve
from shared.events.envelope import Envelope, decode
from shared.events.event import Event
from shared.events.identity import CustomerCreated, CustomerUpdated
from shared.events.ids import new_id
from shared.kit.errors import Unauthenticated


def announced(session: Session, user: User) -> list[Envelope[Event]]:
    rows = session.execute(
        text("SELECT envelope::text FROM outbox WHERE aggregate_id = :id ORDER BY seq"), {"id": user.id}
    )
    return [decode(row) for row in rows.scalars()]


def test_a_registration_is_a_user_and_an_announcement(registered: Registers, transaction: Transaction) -> None:
    user = registered(email="Ada@Example.org", name="Ada", locale="en-GB", invite_token="q8Zt")
    with transaction() as session:
        (envelope,) = announced(session, user)
    assert envelope.event == CustomerCreated(
        customer_id=user.id,
        email="Ada@Example.org",
        name="Ada",
        locale="en-GB",
        registered_at=user.registered_at,
        metadata={"invite_token": "q8Zt"},
    )
    assert (envelope.aggregate_version, envelope.occurred_at) == (1, user.registered_at)
    assert (user.role, user.version, user.id.version) == ("customer", 1, 7)


def test_without_a_token_the_metadata_is_empty(registered: Registers, transaction: Transaction) -> None:
    with transaction() as session:
        (envelope,) = announced(session, registered())
    assert isinstance(envelope.event, CustomerCreated)
    assert envelope.event.metadata == {}


def test_an_email_is_taken_whatever_its_case(registered: Registers) -> None:
    registered(email="grace@example.org")
    with pytest.raises(EmailTaken) as refused:
        registered(email="GRACE@Example.ORG")
    assert (refused.value.status, refused.value.type, set(refused.value.fields)) == (409, "email-taken", {"email"})


def test_fifty_who_register_one_email_at_once_make_one_account(transaction: Transaction) -> None:
    def register(number: int) -> bool:
        given = "".join(c.upper() if number >> i & 1 else c for i, c in enumerate("racing@example.org"))
        try:
            with transaction() as session:
                users.register(session, Registration(email=emails.parse(given), name="R", password_hash="none"))
        except EmailTaken:
            return False
        return True

    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(register, range(50))) == 1
    with transaction() as session:
        counted = session.scalar(text("SELECT count(*) FROM user_account WHERE email_key = 'racing@example.org'"))
    assert counted == 1


def test_a_change_is_announced_with_the_next_version(registered: Registers, transaction: Transaction) -> None:
    user = registered(name="Ada")
    with transaction() as session:
        changed = users.change(session, user.id, {"name": "Ada King", "locale": "fr"})
    with transaction() as session:
        envelope = announced(session, user)[-1]
    assert envelope.event == CustomerUpdated(
        customer_id=user.id,
        email=user.email or "",
        name="Ada King",
        locale="fr",
        updated_at=changed.updated_at,
        role="customer",
    )
    assert envelope.aggregate_version == changed.version == 2


def test_a_change_to_the_same_is_not_announced(registered: Registers, transaction: Transaction) -> None:
    user = registered(name="Ada")
    with transaction() as session:
        assert users.change(session, user.id, {"name": "Ada"}).version == 1
        assert len(announced(session, user)) == 1


def test_changes_at_once_have_versions_without_gaps(registered: Registers, transaction: Transaction) -> None:
    user = registered()

    def change(number: int) -> int:
        with transaction() as session:
            return users.change(session, user.id, {"name": f"Name {number}"}).version

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(change, range(20))) == list(range(2, 22))


@pytest.mark.parametrize(("before", "after"), [("customer", "vendor"), ("vendor", "vendor"), ("admin", "admin")])
def test_an_approved_customer_becomes_a_vendor_and_an_admin_stays_one(
    before: str, after: str, registered: Registers, transaction: Transaction
) -> None:
    user = registered(role=before)
    for _ in range(2):
        with transaction() as session:
            approve(session, user.id)
    with transaction() as session:
        assert users.present(session, user.id).role == after


def test_an_unknown_vendor_is_tried_again_later(transaction: Transaction) -> None:
    with pytest.raises(UnknownUser), transaction() as session:
        approve(session, new_id())


def test_nobody_is_not_present(transaction: Transaction) -> None:
    with pytest.raises(Unauthenticated), transaction() as session:
        users.present(session, new_id())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        ("", None),
        ("\0", None),
        ("a\0b", "ab"),
        ("x" * 300, "x" * 256),
        ("'; DROP", "'; DROP"),
        ("a\ud800b", "ab"),
    ],
)
def test_any_token_can_be_kept(given: str | None, kept: str | None) -> None:
    assert users.clean_invite_token(given) == kept
