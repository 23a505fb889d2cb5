"""What operators run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from services.identity import __main__ as entry
from services.identity.domain import password_resets, users
from services.identity.domain.hashing import Hashing
from services.identity.jobs import announce_resets, create_user, prune, rotate_keys
from services.identity.settings import Settings
from services.identity.tests.conftest import Transaction
from services.identity.tests.domain.test_users import announced

Runs = Callable[..., Result]


@pytest.fixture
def run(settings: Settings) -> Runs:
    """Runs a job with the settings of this module's database."""

    def run(job: click.Command, *arguments: str, password: str = "", **changes: Any) -> Result:
        service = replace(entry.SERVICE, settings=lambda: replace(settings, **changes))
        return CliRunner().invoke(job, arguments, obj=service, input=password + "\n")

    return run


def said(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_a_user_is_created_once_and_announced(run: Runs, transaction: Transaction) -> None:
    arguments = ("--email", "Op@example.org", "--name", "Op", "--role", "admin", "--password-stdin")
    first = said(run(create_user, *arguments, password="a long walk by the sea"))
    again = said(run(create_user, *arguments, password="another walk"))
    assert (first["created"], again["created"], first["id"]) == (True, False, again["id"])
    assert "password" not in first
    with transaction() as session:
        user = users.by_email_key(session, "op@example.org")
        assert user
        assert len(announced(session, user)) == 1
    assert user.role == "admin"
    assert Hashing(concurrency=1, queue=0).verify(user.password_hash, "a long walk by the sea")


def test_a_password_is_made_and_shown_when_none_is_given(run: Runs) -> None:
    made = said(run(create_user, "--email", "made@example.org", "--name", "Made"))
    assert len(made["password"]) >= 20
    assert "password" not in said(run(create_user, "--email", "made@example.org", "--name", "Made"))


def test_the_demonstrations_people_are_created_in_a_local_system(run: Runs) -> None:
    arguments = ("--email", "admin@market.example", "--name", "Demo Admin", "--password-stdin")
    assert said(run(create_user, *arguments, password="demo-password-1"))["created"]


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("vendor.a@market.example", "a long walk by the sea", "reserved"),
        ("op2@example.org", "demo-password-1", "forbidden"),
        ("op2@example.org", "short", "too-short"),
        ("no address", "a long walk by the sea", "email"),
    ],
)
def test_production_refuses_what_the_world_knows_and_what_is_weak(
    email: str, password: str, reason: str, run: Runs
) -> None:
    arguments = ("--email", email, "--name", "Op", "--password-stdin")
    result = run(create_user, *arguments, password=password, environment="production")
    assert result.exit_code == 1
    assert reason in result.output


def test_keys_are_rotated(run: Runs) -> None:
    next_key = said(run(rotate_keys))
    assert said(run(rotate_keys)) == next_key
    assert said(run(rotate_keys, "--at-once"))["kid"] != next_key["kid"]


def test_pruning_says_what_it_removed(run: Runs) -> None:
    counted = said(run(prune))
    assert counted.keys() == {"sign_ins", "password_resets", "signing_keys", "idempotency_key", "rate_limit"}


def test_requests_for_new_passwords_are_announced(run: Runs, transaction: Transaction) -> None:
    said(run(create_user, "--email", "forgot@example.org", "--name", "For Got"))
    with transaction() as session:
        assert password_resets.request(session, "forgot@example.org")
    assert said(run(announce_resets)) == {"announced": 1}
    assert said(run(announce_resets)) == {"announced": 0}
