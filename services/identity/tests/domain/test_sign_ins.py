"""Refresh tokens rotate, and a used one ends its sign-in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from services.identity.domain import sign_ins
from services.identity.domain.sign_ins import GRACE, Issued, SignInEnded
from services.identity.models import RefreshToken, User
from services.identity.tests.conftest import Registers, Transaction, approve

MONTH = timedelta(days=30)
LATER = GRACE + timedelta(seconds=1)


class Device:
    """Somebody's browser, at a time of our choosing."""

    def __init__(self, transaction: Transaction, user: User) -> None:
        self._transaction, self.user = transaction, user

    def sign_in(self) -> str:
        with self._transaction() as session:
            return sign_ins.begin(session, self.user, MONTH).token

    def rotate(self, token: str, after: timedelta = timedelta()) -> Issued | SignInEnded:
        with self._transaction() as session:
            return sign_ins.rotate(session, token, datetime.now(UTC) + after)

    def next(self, token: str) -> str:
        issued = self.rotate(token)
        assert isinstance(issued, Issued)
        return issued.token

    def is_over(self, token: str) -> bool:
        return isinstance(self.rotate(token), SignInEnded)


@pytest.fixture
def device(registered: Registers, transaction: Transaction) -> Device:
    return Device(transaction, registered())


def test_each_token_is_exchanged_for_the_next(device: Device) -> None:
    first = device.sign_in()
    second = device.next(first)
    third = device.next(second)
    assert len({first, second, third}) == 3


def test_tokens_are_stored_hashed(device: Device, transaction: Transaction) -> None:
    token = device.sign_in()
    with transaction() as session:
        stored = session.query(RefreshToken.token_hash).all()
    assert all(token.encode() not in row.token_hash for row in stored)


def test_using_a_rotated_token_again_ends_the_whole_sign_in(device: Device) -> None:
    first = device.sign_in()
    second = device.next(first)
    assert isinstance(device.rotate(first, LATER), SignInEnded)
    assert device.is_over(second)


def test_the_immediate_predecessor_is_exchanged_again_within_the_grace(device: Device) -> None:
    first = device.sign_in()
    second, sibling = device.next(first), device.next(first)
    assert second != sibling
    third = device.next(sibling)
    assert not device.is_over(third)


def test_an_older_predecessor_has_no_grace(device: Device) -> None:
    first = device.sign_in()
    third = device.next(device.next(first))
    assert isinstance(device.rotate(first), SignInEnded)
    assert device.is_over(third)


def test_ten_requests_at_once_with_one_token_all_go_on(device: Device) -> None:
    token = device.sign_in()
    with ThreadPoolExecutor(10) as pool:
        issued = list(pool.map(device.rotate, [token] * 10))
    assert all(isinstance(one, Issued) for one in issued)


def test_one_device_ending_leaves_the_others(device: Device, transaction: Transaction) -> None:
    phone, desk = device.sign_in(), device.sign_in()
    with transaction() as session:
        sign_ins.end(session, phone)
    assert device.is_over(phone)
    assert not device.is_over(desk)


def test_ending_all_keeps_the_one_who_asked(device: Device, transaction: Transaction) -> None:
    phone, desk = device.sign_in(), device.sign_in()
    with transaction() as session:
        sign_ins.end_all(session, device.user.id, "the password was changed", except_token=desk)
    assert device.is_over(phone)
    assert not device.is_over(desk)


def test_a_sign_in_ends_with_its_lifetime_however_often_it_was_renewed(device: Device) -> None:
    token = device.next(device.sign_in())
    assert isinstance(device.rotate(token, MONTH + LATER), SignInEnded)


def test_the_next_token_is_for_the_role_that_the_user_has_by_then(device: Device, transaction: Transaction) -> None:
    token = device.sign_in()
    with transaction() as session:
        approve(session, device.user.id)
    issued = device.rotate(token)
    assert isinstance(issued, Issued)
    assert issued.role == "vendor"


@pytest.mark.parametrize("token", ["", "unknown", "\ud800"])
def test_an_unknown_token_signs_nobody_in(device: Device, token: str, transaction: Transaction) -> None:
    assert device.is_over(token)
    with transaction() as session:
        sign_ins.end(session, token)
