"""Who is calling: roles, the actor, access tokens (JWT, Ed25519), and what an operation requires of them."""

import time
from collections.abc import Callable
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


def authenticate(access: Access, verifier: TokenVerifier) -> Actor | None:
    """Return the request's actor if the operation may be called by them. Raises `Unauthenticated` or `Forbidden`."""
    if access.public and not (access.optional and "Authorization" in request.headers):
        return None
    actor = verifier.verify(_bearer_token())
    if not access.public and actor.role not in access.roles:
        raise Forbidden(f"This needs the role {' or '.join(sorted(access.roles))}.")
    return actor


def _bearer_token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()
