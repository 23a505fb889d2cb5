"""Everybody who may call an operation, and everybody who pretends to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey

from tests.apps import Marketplace, Person, sign

ANONYMOUS, CUSTOMER, VENDOR, OTHER_VENDOR = "anonymous", "customer", "vendor", "other vendor"
SUSPENDED_VENDOR, ADMIN = "suspended vendor", "admin"
ROLE_OF = {CUSTOMER: "customer", VENDOR: "vendor", OTHER_VENDOR: "vendor", SUSPENDED_VENDOR: "vendor", ADMIN: "admin"}
"""Callers with a sound token, and the role that it gives."""

Forge = Callable[[Marketplace, Person], str]


def by_hand(header: Mapping[str, Any], claims: Mapping[str, Any], secret: bytes | None = None) -> str:
    """Write a JWT that no sound library would: with `alg: none`, or with a public key as the secret of HS256."""
    parts = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.new(secret, parts.encode(), hashlib.sha256).digest() if secret is not None else b""
    return f"{parts}.{_base64(signature)}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def changed(market: Marketplace, person: Person, **claims: Any) -> str:
    return market.token(person, **claims)


def expired(market: Marketplace, person: Person) -> str:
    return market.token(person, exp=int(time.time()) - 60, iat=int(time.time()) - 960)


def hs256_with_the_public_key(market: Marketplace, person: Person, form: str) -> str:
    public = market.signing_key.as_dict(private=False)
    forms = {"pem": market.signing_key.as_pem(private=False), "x": _unbase64(str(public["x"]))}
    return by_hand({"alg": "HS256", "kid": market.signing_key.kid}, market.claims(person), forms[form])


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def unsigned(market: Marketplace, person: Person, alg: str) -> str:
    return by_hand({"alg": alg, "kid": market.signing_key.kid}, market.claims(person))


def _stranger(market: Marketplace) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": str(market.signing_key.kid)})


def by_a_strangers_key(market: Marketplace, person: Person) -> str:
    return sign(market.claims(person), _stranger(market))


def by_an_unknown_key(market: Marketplace, person: Person) -> str:
    return sign(market.claims(person), OKPKey.generate_key("Ed25519", {"kid": "unknown"}))


def with_its_own_key_inside(market: Marketplace, person: Person) -> str:
    """RFC 7515 section 4.1.3 lets a header carry a key; nobody should believe it."""
    stranger = _stranger(market)
    header = {"alg": "Ed25519", "kid": stranger.kid, "jwk": stranger.as_dict(private=False)}
    return jwt.encode(header, market.claims(person), stranger, algorithms=["Ed25519"])


def with_another_role_pasted_in(market: Marketplace, person: Person) -> str:
    header, _, signature = market.token(person).split(".")
    claims = {**market.claims(person), "role": "admin"}
    return f"{header}.{_base64(json.dumps(claims).encode())}.{signature}"


PRETENDERS: dict[str, Forge] = {
    "expired token": expired,
    "HS256 with the public key (PEM)": partial(hs256_with_the_public_key, form="pem"),
    "HS256 with the public key (raw)": partial(hs256_with_the_public_key, form="x"),
    "alg none": partial(unsigned, alg="none"),
    "alg None": partial(unsigned, alg="None"),
    "no signature": partial(unsigned, alg="Ed25519"),
    "stranger's key, known id": by_a_strangers_key,
    "unknown key": by_an_unknown_key,
    "key in the header": with_its_own_key_inside,
    "role pasted in": with_another_role_pasted_in,
    "wrong audience": partial(changed, aud="somewhere-else"),
    "wrong issuer": partial(changed, iss="somebody-else"),
    "not a role": partial(changed, role="owner"),
    "no subject": partial(changed, sub=""),
    "not a token": lambda _market, _person: "hello",
}
"""Whose token must not be believed, whatever it says."""
