"""Access tokens: short-lived JWTs, signed with Ed25519 (RFC 9864)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from joserfc import jwt
from sqlalchemy.orm import Session

from services.identity.domain import signing_keys
from shared.events.ids import new_id
from shared.kit.sealing import Seal

ALGORITHM = "Ed25519"


@dataclass(frozen=True)
class Issuer:
    """What every token of this marketplace has in common."""

    issuer: str
    audience: str
    lifetime: timedelta
    seal: Seal


def issue(session: Session, issuer: Issuer, user_id: UUID, role: str, locale: str) -> str:
    """Sign a token that says who somebody is, what they are and which language they read, for `issuer.lifetime`."""
    key = signing_keys.current(session, issuer.seal)
    pair = signing_keys.opened(key, issuer.seal)
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.kid}
    return jwt.encode(header, _claims(issuer, user_id, role, locale), pair, algorithms=[ALGORITHM])


def _claims(issuer: Issuer, user_id: UUID, role: str, locale: str) -> dict[str, str | int]:
    now = datetime.now(UTC)
    return {
        "iss": issuer.issuer,
        "aud": issuer.audience,
        "sub": str(user_id),
        "role": role,
        "locale": locale,
        "iat": int(now.timestamp()),
        "exp": int((now + issuer.lifetime).timestamp()),
        "jti": str(new_id()),
    }
