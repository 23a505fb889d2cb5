"""Reset links work once, for an hour, and tell nobody who has an account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from services.identity.domain import password_resets, sign_ins, users
from services.identity.domain.password_resets import ResetLinkInvalid, ResetOver
from services.identity.domain.sign_ins import SignInEnded
from services.identity.models import PasswordReset, User
from services.identity.tests.conftest import Registers, Transaction
from shared.events.ids import new_id


@pytest.fixture
def ada(registered: Registers) -> User:
    return registered()


def request(transaction: Transaction, email_key: str | None) -> UUID | None:
    with transaction() as session:
        return password_resets.request(session, email_key)


def issue(transaction: Transaction, reset_id: UUID) -> str:
    with transaction() as session:
        return password_resets.issue(session, reset_id)


def use(transaction: Transaction, token: str, password_hash: str) -> None:
    with transaction() as session:
        password_resets.use(session, token, password_hash)


def token_of(transaction: Transaction, user: User) -> str:
    asked = request(transaction, user.email_key)
    assert asked
    return issue(transaction, asked)


def test_a_link_sets_a_new_password_and_ends_every_sign_in(ada: User, transaction: Transaction) -> None:
    with transaction() as session:
        refresh_token = sign_ins.begin(session, ada, timedelta(days=1)).token
    token = token_of(transaction, ada)
    use(transaction, token, "new")
    with transaction() as session:
        assert users.present(session, ada.id).password_hash == "new"
        assert isinstance(sign_ins.rotate(session, refresh_token), SignInEnded)


def test_a_link_works_once_and_the_others_not_after_it(ada: User, transaction: Transaction) -> None:
    first, second = token_of(transaction, ada), token_of(transaction, ada)
    use(transaction, second, "new")
    for token in (first, second):
        with pytest.raises(ResetLinkInvalid):
            use(transaction, token, "newer")


def test_of_many_who_use_one_link_at_once_one_succeeds(ada: User, transaction: Transaction) -> None:
    token = token_of(transaction, ada)

    def attempt(number: int) -> bool:
        try:
            use(transaction, token, f"new {number}")
        except ResetLinkInvalid:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 1


def test_a_link_ends_after_an_hour(ada: User, transaction: Transaction) -> None:
    token = token_of(transaction, ada)
    with transaction() as session:
        assert password_resets.owner(session, token).user_id == ada.id
        hour_ago = PasswordReset.expires_at - timedelta(hours=1)
        session.execute(update(PasswordReset).values(expires_at=hour_ago))
    with pytest.raises(ResetLinkInvalid), transaction() as session:
        password_resets.owner(session, token)
    with pytest.raises(ResetLinkInvalid):
        use(transaction, token, "new")


@pytest.mark.parametrize("unknown", ["nobody@example.org", None])
def test_an_unknown_email_has_the_same_work_done_and_gets_no_token(
    unknown: str | None, transaction: Transaction
) -> None:
    count = select(func.count()).select_from(PasswordReset)
    with transaction() as session:
        before = session.scalar(count) or 0
        assert password_resets.request(session, unknown) is None
        assert session.scalar(count) == before + 1


def test_the_link_of_nobody_is_nobodys(transaction: Transaction) -> None:
    with pytest.raises(ResetLinkInvalid), transaction() as session:
        password_resets.owner(session, "made up")


def test_every_sending_has_a_token_of_its_own_and_all_end_with_the_first_that_is_used(
    ada: User, transaction: Transaction
) -> None:
    asked = request(transaction, ada.email_key)
    assert asked
    first, second = issue(transaction, asked), issue(transaction, asked)
    assert first != second
    use(transaction, first, "new")
    with pytest.raises(ResetLinkInvalid):
        use(transaction, second, "newer")
    with pytest.raises(ResetOver):
        issue(transaction, asked)


def test_no_token_is_made_for_what_was_never_asked_for_or_is_too_old(ada: User, transaction: Transaction) -> None:
    asked = request(transaction, ada.email_key)
    assert asked
    with transaction() as session:
        session.execute(update(PasswordReset).values(expires_at=PasswordReset.expires_at - timedelta(hours=1)))
    for reset_id in (asked, new_id()):
        with pytest.raises(ResetOver):
            issue(transaction, reset_id)


def test_a_request_is_announced_once_without_anything_secret_and_nobodys_never(
    ada: User, transaction: Transaction
) -> None:
    with transaction() as session:
        session.execute(update(PasswordReset).values(announced_at=PasswordReset.requested_at))
    asked, nobody = request(transaction, ada.email_key), request(transaction, "nobody@example.org")
    assert nobody is None
    with transaction() as session:
        assert [password_resets.announce(session) for _ in "12"] == [1, 0]
        told = session.scalars(
            text("SELECT envelope->'data' FROM outbox WHERE aggregate_id = :id"), {"id": asked}
        ).one()
    assert told.keys() == {"reset_id", "customer_id", "requested_at", "expires_at"}
    assert (told["reset_id"], told["customer_id"]) == (str(asked), str(ada.id))
