"""The key set, and what tokens are refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from services.identity.domain import signing_keys
from services.identity.tests.api.conftest import People, problem
from services.identity.tests.conftest import Transaction
from shared.kit.sealing import Seal


def test_the_key_set_verifies_what_is_signed_and_shows_nothing_private(app: Flask, member: People) -> None:
    answer = app.test_client().get("/.well-known/jwks.json")
    assert answer.json
    assert all(key.keys() == {"kid", "kty", "crv", "x", "use", "alg"} for key in answer.json["keys"])
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    keys = KeySet.import_key_set(answer.json)
    assert jwt.decode(member().access_token, keys, algorithms=["Ed25519"]).claims["role"] == "customer"


@pytest.mark.parametrize(
    "wrong", [{"exp": 1}, {"aud": "elsewhere"}, {"iss": "elsewhere"}, {"role": "emperor"}, {"sub": "nobody"}]
)
def test_a_token_with_wrong_claims_is_refused(
    wrong: dict[str, Any], member: People, transaction: Transaction, seal: Seal
) -> None:
    person = member()
    with transaction() as session:
        key = signing_keys.current(session, seal)
        pair = signing_keys.opened(key, seal)
    good = jwt.decode(person.access_token, pair, algorithms=["Ed25519"]).claims
    person.access_token = jwt.encode(
        {"alg": "Ed25519", "kid": key.kid}, {**good, **wrong}, pair, algorithms=["Ed25519"]
    )
    assert person.send("GET", "/me").status_code == 401


def test_a_token_of_another_key_is_refused(member: People) -> None:
    person, other = member(), OKPKey.generate_key("Ed25519", {"kid": str(uuid4())})
    header = {"alg": "Ed25519", "kid": other.kid}
    person.access_token = jwt.encode(header, {"sub": str(uuid4()), "role": "admin"}, other, algorithms=["Ed25519"])
    assert problem(person.send("GET", "/me"))[:2] == (401, "unauthenticated")


def test_tokens_of_the_old_key_go_on_through_a_rotation(member: People, transaction: Transaction, seal: Seal) -> None:
    person = member()
    with transaction() as session:
        signing_keys.rotate(session, seal, token_lifetime=timedelta(minutes=15))
    assert person.send("GET", "/me").status_code == 200
    person.refresh()
    assert person.send("GET", "/me").status_code == 200
