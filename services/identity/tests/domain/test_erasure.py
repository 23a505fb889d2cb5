"""Whoever leaves is forgotten, and the others are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from services.identity.domain import addresses, erasure, password_resets, sign_ins
from services.identity.domain.sign_ins import SignInEnded
from services.identity.models import User
from services.identity.tests.conftest import Registers, Transaction, approve
from services.identity.tests.domain.test_addresses import HOME
from services.identity.tests.domain.test_users import announced
from shared.events.identity import CustomerErased
from shared.kit.errors import Unauthenticated


def test_nothing_personal_is_left_outside_of_the_log(registered: Registers, transaction: Transaction) -> None:
    user = registered(email="leaving@example.org", name="Leaving Person", invite_token="tok-leaving")
    with transaction() as session:
        addresses.add(session, user.id, HOME | {"name": "Leaving Person"})
        password_resets.request(session, "leaving@example.org")
    with transaction() as session:
        erasure.erase(session, user.id)
    with transaction() as session:
        for table in ("user_account", "address", "password_reset", "sign_in"):
            rows = session.scalars(text(f"SELECT row_to_json(t)::text FROM {table} t")).all()  # noqa: S608
            assert not [row for row in rows if "eaving" in row or (table != "user_account" and str(user.id) in row)]


def test_an_erasure_is_announced_with_the_next_version(registered: Registers, transaction: Transaction) -> None:
    user = registered()
    with transaction() as session:
        erasure.erase(session, user.id)
    with transaction() as session:
        envelope, erased = announced(session, user)[-1], session.get_one(User, user.id)
    assert erased.erased_at
    assert envelope.event == CustomerErased(customer_id=user.id, erased_at=erased.erased_at)
    assert envelope.aggregate_version == erased.version == 2


def test_sign_ins_end_and_nobody_is_erased_twice(registered: Registers, transaction: Transaction) -> None:
    user = registered()
    with transaction() as session:
        token = sign_ins.begin(session, user, timedelta(days=30)).token
    with transaction() as session:
        erasure.erase(session, user.id)
    with transaction() as session:
        assert isinstance(sign_ins.rotate(session, token), SignInEnded)
    with pytest.raises(Unauthenticated), transaction() as session:
        erasure.erase(session, user.id)


def test_the_email_can_register_again_as_somebody_else(registered: Registers, transaction: Transaction) -> None:
    before = registered(email="again@example.org")
    with transaction() as session:
        erasure.erase(session, before.id)
    after = registered(email="Again@example.org")
    assert after.id != before.id


def test_an_approval_that_comes_after_an_erasure_is_no_fault(registered: Registers, transaction: Transaction) -> None:
    user = registered()
    with transaction() as session:
        erasure.erase(session, user.id)
    with transaction() as session:
        approve(session, user.id)
