"""Keys: one is made first, rotated with overlap, unreadable at rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import delete, update

from services.identity.domain import access_tokens, signing_keys
from services.identity.domain.access_tokens import Issuer
from services.identity.models import SigningKey
from services.identity.tests.conftest import Transaction
from shared.events.ids import new_id
from shared.kit.sealing import Seal, Unreadable

QUARTER = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def _no_keys(transaction: Transaction) -> None:
    with transaction() as session:
        session.execute(delete(SigningKey))


def current(transaction: Transaction, seal: Seal) -> str:
    with transaction() as session:
        return signing_keys.current(session, seal).kid


def rotate(transaction: Transaction, seal: Seal, *, at_once: bool = False) -> str:
    with transaction() as session:
        return signing_keys.rotate(session, seal, token_lifetime=QUARTER, at_once=at_once).kid


def served(transaction: Transaction) -> list[str]:
    with transaction() as session:
        return [key["kid"] for key in signing_keys.served(session)]


def pass_time(transaction: Transaction, passed: timedelta) -> None:
    with transaction() as session:
        moved = {"signs_from": SigningKey.signs_from - passed, "expires_at": SigningKey.expires_at - passed}
        session.execute(update(SigningKey).values(moved))


def test_many_first_starts_at_once_make_one_key(transaction: Transaction, seal: Seal) -> None:
    with ThreadPoolExecutor(8) as pool:
        kids = set(pool.map(lambda _: current(transaction, seal), range(16)))
    assert kids == set(served(transaction))
    assert len(kids) == 1


def test_the_next_key_is_served_before_it_signs(transaction: Transaction, seal: Seal) -> None:
    old = current(transaction, seal)
    new = rotate(transaction, seal)
    assert served(transaction) == [new, old]
    assert current(transaction, seal) == old
    pass_time(transaction, signing_keys.SERVED_BEFORE_SIGNING)
    assert current(transaction, seal) == new
    assert old in served(transaction)


def test_an_old_key_is_served_until_its_last_token_has_ended(transaction: Transaction, seal: Seal) -> None:
    current(transaction, seal)
    new = rotate(transaction, seal)
    pass_time(transaction, signing_keys.SERVED_BEFORE_SIGNING + QUARTER)
    assert len(served(transaction)) == 2
    pass_time(transaction, signing_keys.CLOCK_SKEW)
    assert served(transaction) == [new]


def test_rotating_twice_in_a_row_makes_one_key(transaction: Transaction, seal: Seal) -> None:
    current(transaction, seal)
    assert rotate(transaction, seal) == rotate(transaction, seal)


def test_a_leaked_key_is_gone_at_once(transaction: Transaction, seal: Seal) -> None:
    current(transaction, seal)
    rotate(transaction, seal)
    new = rotate(transaction, seal, at_once=True)
    assert served(transaction) == [new]
    assert current(transaction, seal) == new


def test_what_is_served_and_stored_shows_no_private_part(transaction: Transaction, seal: Seal) -> None:
    with transaction() as session:
        key = signing_keys.current(session, seal)
        private = str(signing_keys.opened(key, seal).as_dict(private=True)["d"])
        assert all("d" not in public for public in signing_keys.served(session))
    assert private.encode() not in key.private_encrypted


def test_another_secret_key_cannot_read_it(transaction: Transaction, seal: Seal) -> None:
    with transaction() as session, pytest.raises(Unreadable):
        signing_keys.opened(signing_keys.current(session, seal), Seal("another secret", "identity signing keys"))


def test_a_token_is_verified_by_what_is_served(transaction: Transaction, seal: Seal) -> None:
    user_id, issuer = new_id(), Issuer("market", "market", QUARTER, seal)
    with transaction() as session:
        token = access_tokens.issue(session, issuer, user_id, "vendor", "de")
        keys = KeySet.import_key_set({"keys": [dict(key) for key in signing_keys.served(session)]})
    found = jwt.decode(token, keys, algorithms=["Ed25519"])
    assert found.header["alg"] == "Ed25519"
    claims = found.claims
    assert (claims["sub"], claims["role"], claims["iss"], claims["aud"]) == (str(user_id), "vendor", "market", "market")
    assert claims["locale"] == "de"
    assert claims["exp"] - claims["iat"] == 900
    assert abs(claims["iat"] - datetime.now(UTC).timestamp()) < 5
