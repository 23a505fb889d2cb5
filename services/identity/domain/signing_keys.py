"""Signing keys: one signs, its successor is already served, its predecessors are served until their tokens end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from joserfc.jwk import OKPKey
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from services.identity.models import SigningKey
from shared.kit.sealing import Seal

# A verifier keeps a key set for some minutes, so a new key is served for longer than that before it signs.
SERVED_BEFORE_SIGNING = timedelta(minutes=10)
CLOCK_SKEW = timedelta(minutes=1)
_FIRST_KEY_LOCK = 7_301_947_001


def current(session: Session, seal: Seal) -> SigningKey:
    """The key that signs at this moment; the first caller of all makes the first key, and only one does."""
    return _signing(session) or _first(session, seal)


def _signing(session: Session) -> SigningKey | None:
    now = datetime.now(UTC)
    query = select(SigningKey).where(SigningKey.signs_from <= now, _served(now))
    return session.scalar(query.order_by(SigningKey.signs_from.desc()).limit(1))


def _served(now: datetime) -> ColumnElement[bool]:
    return or_(SigningKey.expires_at.is_(None), SigningKey.expires_at > now)


def _first(session: Session, seal: Seal) -> SigningKey:
    session.execute(select(func.pg_advisory_xact_lock(_FIRST_KEY_LOCK)))
    return _signing(session) or _create(session, seal, datetime.now(UTC))


def _create(session: Session, seal: Seal, signs_from: datetime) -> SigningKey:
    pair = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, private=True, auto_kid=True)
    kid = cast("str", pair.kid)
    key = SigningKey(
        kid=kid,
        public=pair.as_dict(private=False),
        private_encrypted=seal.close(json.dumps(pair.as_dict(private=True)).encode(), kid),
        created_at=datetime.now(UTC),
        signs_from=signs_from,
    )
    session.add(key)
    session.flush()
    return key


def opened(key: SigningKey, seal: Seal) -> OKPKey:
    """The key with its private part; `Unreadable` if SECRET_KEY has changed since (rotate with `--at-once`)."""
    return OKPKey.import_key(json.loads(seal.open(key.private_encrypted, key.kid)))


def served(session: Session) -> list[Mapping[str, str]]:
    """The public keys of every token that may be valid now or soon, newest first."""
    query = select(SigningKey.public).where(_served(datetime.now(UTC))).order_by(SigningKey.signs_from.desc())
    return list(session.scalars(query))


def rotate(session: Session, seal: Seal, *, token_lifetime: timedelta, at_once: bool = False) -> SigningKey:
    """Make the next signing key. The old ones stay until the last token that they signed has ended.

    While a next key waits for its turn it is the answer, so that repeating the job makes no heap of keys. `at_once`
    is for a key that has leaked: the old ones end now, and with them every access token.
    """
    session.execute(select(func.pg_advisory_xact_lock(_FIRST_KEY_LOCK)))
    now = datetime.now(UTC)
    waiting = session.scalar(select(SigningKey).where(SigningKey.signs_from > now, _served(now)))
    if waiting and not at_once:
        return waiting
    signs_from = now if at_once else now + SERVED_BEFORE_SIGNING
    _retire(session, now if at_once else signs_from + token_lifetime + CLOCK_SKEW)
    return _create(session, seal, signs_from)


def _retire(session: Session, until: datetime) -> None:
    sooner = or_(SigningKey.expires_at.is_(None), SigningKey.expires_at > until)
    session.execute(update(SigningKey).where(sooner).values(expires_at=until))
