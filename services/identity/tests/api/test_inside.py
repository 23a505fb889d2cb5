"""What other services may ask of people, on the internal port."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from services.identity.__main__ import SERVICE
from services.identity.domain import password_resets
from services.identity.settings import Settings
from services.identity.tests.conftest import Transaction
from shared.kit.database import Database
from shared.kit.settings import Secret
from shared.runtime.inspection.app import create_internal_app

TOKEN = "a-token-of-the-tests-for-services"
MINE = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def inside(settings: Settings, database: Database) -> Any:
    """The internal port."""
    trusting = dataclasses.replace(settings, service_token=Secret(TOKEN))
    return create_internal_app(SERVICE, trusting, database).test_client()


def test_somebody_is_found_by_e_mail_and_by_id_with_the_token_they_came_with(inside: Any, registered: Any) -> None:
    user = registered(name="Ada", invite_token="the-link")
    (found,) = inside.get(f"/internal/customers?email={user.email.upper()}", headers=MINE).json["items"]
    assert (found["id"], found["invite_token"]) == (str(user.id), "the-link")
    assert inside.get(f"/internal/customers?id={user.id}", headers=MINE).json["items"] == [found]
    assert found in inside.get("/internal/customers?token=the-link", headers=MINE).json["items"]
    assert "password_hash" not in found


def test_nobody_and_nothing_asked_are_refused(inside: Any) -> None:
    assert inside.get("/internal/customers?email=nobody@x.example", headers=MINE).status_code == 404
    assert inside.get("/internal/customers", headers=MINE).status_code == 422
    assert inside.get("/internal/customers?email=nobody@x.example").status_code == 401


def test_a_code_for_a_new_password_is_made_for_other_services_alone(
    inside: Any, registered: Any, transaction: Transaction
) -> None:
    user = registered()
    with transaction() as session:
        asked = password_resets.request(session, user.email_key)
    where = f"/internal/password-resets/{asked}/code"
    code = inside.post(where, headers=MINE).json["code"]
    with transaction() as session:
        assert password_resets.owner(session, code).user_id == user.id
    assert inside.post(where).status_code == 401
    assert inside.post(f"/internal/password-resets/{user.id}/code", headers=MINE).status_code == 404
