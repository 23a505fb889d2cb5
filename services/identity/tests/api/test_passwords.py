"""Changing and resetting passwords, from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from services.identity.domain import password_resets
from services.identity.models import PasswordReset, User
from services.identity.tests.api.conftest import PASSWORD, People, Person, problem
from services.identity.tests.conftest import Transaction

NEW = "another walk in the hills"


@pytest.fixture
def token_for(transaction: Transaction) -> Callable[[Person], str]:
    """What the link in the mail holds that somebody gets who has asked for one."""

    def ask(person: Person) -> str:
        assert person.send("POST", "/password/forgot", {"email": person.email}).status_code == 202
        asked = select(PasswordReset.id).join(User, User.id == PasswordReset.user_id)
        newest = asked.where(User.email == person.email, PasswordReset.id.is_not(None))
        with transaction() as session:
            reset_id = session.scalars(newest.order_by(PasswordReset.requested_at.desc())).first()
            assert reset_id
            return password_resets.issue(session, reset_id)

    return ask


def change(person: Person, **changes: str) -> Any:
    return person.send("POST", "/password/change", {"current_password": PASSWORD, "new_password": NEW, **changes})


def test_a_changed_password_is_the_one_that_works(member: People) -> None:
    person = member()
    assert change(person).status_code == 204
    assert person.login(password=PASSWORD).status_code == 401
    assert person.login(password=NEW).status_code == 200


def test_changing_it_signs_out_the_other_devices_only(member: People, stranger: People) -> None:
    desk, phone = member(), stranger()
    phone.email = desk.email
    phone.login()
    assert change(desk).status_code == 204
    assert phone.refresh().status_code == 401
    assert desk.refresh().status_code == 200


def test_it_is_not_changed_without_the_present_one(member: People) -> None:
    person = member()
    assert problem(change(person, current_password="not this one"))[:2] == (401, "wrong-credentials")
    assert person.login().status_code == 200


def test_a_weak_new_password_is_refused_by_its_field(member: People) -> None:
    assert problem(change(member(), new_password="1234567890")) == (422, "weak-password", {"new_password"})


def test_a_forgotten_password_is_replaced_once_by_the_link(member: People, token_for: Callable[[Person], str]) -> None:
    person = member()
    body = {"token": token_for(person), "password": NEW}
    assert person.send("POST", "/password/reset", body).status_code == 204
    assert person.refresh().status_code == 401
    assert person.login(password=NEW).status_code == 200
    assert problem(person.send("POST", "/password/reset", body)) == (422, "reset-link-invalid", {"token"})


def test_a_weak_password_does_not_use_the_link_up(member: People, token_for: Callable[[Person], str]) -> None:
    person = member()
    token = token_for(person)
    weak = person.send("POST", "/password/reset", {"token": token, "password": "short"})
    assert problem(weak) == (422, "weak-password", {"password"})
    assert person.send("POST", "/password/reset", {"token": token, "password": NEW}).status_code == 204


@pytest.mark.parametrize("email", ["nobody@example.org", "no address at all"])
def test_whoever_asks_for_a_link_gets_the_same_answer(email: str, member: People, stranger: People) -> None:
    known = member()
    with capture_logs() as lines:
        unknown = stranger().send("POST", "/password/forgot", {"email": email})
    answered = known.send("POST", "/password/forgot", {"email": known.email})
    assert (unknown.status_code, unknown.data) == (answered.status_code, answered.data) == (202, b"")
    assert not [line for line in lines if "link" in line or "code" in line]
