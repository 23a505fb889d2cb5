"""A person's addresses: theirs alone, one of them the default."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from services.identity.domain import addresses
from services.identity.domain.addresses import TooManyAddresses
from services.identity.models import Address, User
from services.identity.tests.conftest import Registers, Transaction
from shared.kit.errors import NotFound

HOME = {"name": "Ada", "line1": "12 St James's Square", "city": "London", "country": "GB"}
Adds = Callable[..., Address]


@pytest.fixture
def ada(registered: Registers) -> User:
    return registered()


@pytest.fixture
def add(ada: User, transaction: Transaction) -> Adds:
    def add(**given: Any) -> Address:
        with transaction() as session:
            return addresses.add(session, ada.id, HOME | given)

    return add


def listed(transaction: Transaction, user: User) -> list[tuple[UUID, bool]]:
    with transaction() as session:
        return [(one.id, one.is_default) for one in addresses.of(session, user.id)]


def test_the_first_address_is_the_default(ada: User, add: Adds, transaction: Transaction) -> None:
    home, work = add(is_default=False), add()
    assert listed(transaction, ada) == [(home.id, True), (work.id, False)]


def test_a_new_default_takes_the_place_of_the_old(ada: User, add: Adds, transaction: Transaction) -> None:
    home, work = add(), add(is_default=True)
    assert listed(transaction, ada) == [(work.id, True), (home.id, False)]
    with transaction() as session:
        addresses.change(session, ada.id, home.id, {"is_default": True, "city": "Bath"})
    assert listed(transaction, ada) == [(home.id, True), (work.id, False)]


def test_the_default_is_not_just_switched_off(ada: User, add: Adds, transaction: Transaction) -> None:
    home = add()
    with transaction() as session:
        addresses.change(session, ada.id, home.id, {"is_default": False})
    assert listed(transaction, ada) == [(home.id, True)]


def test_a_removed_default_is_followed_by_the_oldest(ada: User, add: Adds, transaction: Transaction) -> None:
    home, work, _ = add(), add(), add()
    with transaction() as session:
        addresses.remove(session, ada.id, home.id)
    assert listed(transaction, ada)[0] == (work.id, True)


def test_many_defaults_at_once_leave_one(ada: User, add: Adds, transaction: Transaction) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: add(is_default=True), range(12)))
    assert [default for _, default in listed(transaction, ada)].count(True) == 1


def test_another_persons_address_is_not_there(registered: Registers, add: Adds, transaction: Transaction) -> None:
    other, home = registered(), add()
    with pytest.raises(NotFound), transaction() as session:
        addresses.change(session, other.id, home.id, {"city": "Bath"})
    with pytest.raises(NotFound), transaction() as session:
        addresses.remove(session, other.id, home.id)


def test_fifty_addresses_are_enough(add: Adds) -> None:
    for _ in range(addresses.MOST):
        add()
    with pytest.raises(TooManyAddresses):
        add()
