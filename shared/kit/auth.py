"""Who is calling: roles, the actor, access tokens (JWT, Ed25519), and what an operation requires of them."""

import hmac
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, overload
from uuid import UUID

from flask import request
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError

from shared.kit.errors import Forbidden, Unauthenticated
from shared.kit.keys import KeySource
from shared.kit.stated import Access, F, stated

ALGORITHM = "Ed25519"
_LONGEST_TOKEN = 4096
_LEEWAY_SECONDS = 5


class Role(StrEnum):
    """What a person, or another service, may be."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    ADMIN = "admin"
    SERVICE = "service"


@dataclass(frozen=True)
class Actor:
    """Who a verified token speaks for."""

    user_id: UUID
    role: Role


SERVICE_ID = UUID(int=0)
"""Whom a service token speaks for: no person."""


class TokenExpired(Unauthenticated):
    """The access token has expired; get a new one."""


class TokenVerifier:
    """Turns a token into an actor, believing one issuer, one audience, one algorithm and the given keys only."""

    def __init__(self, keys: KeySource, *, issuer: str = "market", audience: str = "market") -> None:
        self._keys = keys
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(time.time()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            role={"essential": True, "values": [role.value for role in Role]},
            iat={"essential": True},
            exp={"essential": True},
            jti={"essential": True},
        )

    def verify(self, token: str) -> Actor:
        """Return whom the token speaks for. Raises `Unauthenticated`, `TokenExpired`, or `Unavailable` without keys."""
        if len(token) > _LONGEST_TOKEN:
            raise Unauthenticated("The access token is not valid.")
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
            return Actor(UUID(claims["sub"]), Role(claims["role"]))
        except ExpiredTokenError:
            raise TokenExpired from None
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Unauthenticated("The access token is not valid.") from None

    def _key(self, signed: Any) -> Any:
        key_id = signed.headers().get("kid")
        key = self._keys.find(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise Unauthenticated("The access token is not signed by a known key.")
        return key


def requires(*roles: Role) -> Callable[[F], F]:
    """Let only these roles call the operation, and pass `actor`. A vendor is also a customer, an admin is not."""
    if not roles:
        raise TypeError("name at least one role, or say @anyone")
    allowed = {*roles, Role.VENDOR} if Role.CUSTOMER in roles else {*roles}

    def state(view: F) -> F:
        stated(view).access = Access(frozenset(allowed))
        return view

    return state


def services_only(view: F) -> F:
    """Let only other services call the operation; they are nobody in particular, so no `actor` is passed."""
    stated(view).access = Access(frozenset({Role.SERVICE}), nameless=True)
    return view


@overload
def anyone(view: F) -> F: ...
@overload
def anyone(*, optional: bool) -> Callable[[F], F]: ...
def anyone(view: F | None = None, *, optional: bool = False) -> F | Callable[[F], F]:
    """State a public operation. With `optional=True` a valid token is used: `actor` is an `Actor` or None."""

    def state(view: F) -> F:
        stated(view).access = Access(public=True, optional=optional)
        return view

    return state(view) if view else state


def authenticate(access: Access, verifier: TokenVerifier, service_tokens: Sequence[str] = ()) -> Actor | None:
    """Return the request's actor if the operation may be called by them. Raises `Unauthenticated` or `Forbidden`.

    A service token counts only where the operation names the role `service`.
    """
    if access.public and not (access.optional and "Authorization" in request.headers):
        return None
    token = _bearer_token()
    if Role.SERVICE in access.roles and is_service_token(token, service_tokens):
        return Actor(SERVICE_ID, Role.SERVICE)
    if access.roles == {Role.SERVICE}:
        raise Unauthenticated("A service token is needed.")
    actor = verifier.verify(token)
    if not access.public and actor.role not in access.roles:
        raise Forbidden(f"This needs the role {' or '.join(sorted(access.roles))}.")
    return actor


def is_service_token(token: str, accepted: Sequence[str]) -> bool:
    """Compare with every accepted token in a time that tells nothing about any of them."""
    return sum(hmac.compare_digest(token.encode(), each.encode()) for each in accepted) > 0


def _bearer_token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()
