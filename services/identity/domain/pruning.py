"""Forgetting what has no use any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from services.identity.models import Base, PasswordReset, SignIn, SigningKey

# An ended sign-in is kept for a while, so that somebody can be told how it ended.
REMEMBERED = timedelta(days=30)


def prune(session: Session) -> Mapping[str, int]:
    """Remove ended sign-ins, reset links and signing keys; how many of each. Idempotent."""
    now = datetime.now(UTC)
    return {
        "sign_ins": _remove(session, SignIn, _ended(now - REMEMBERED)),
        "password_resets": _remove(session, PasswordReset, PasswordReset.expires_at <= now),
        "signing_keys": _remove(session, SigningKey, SigningKey.expires_at <= now - REMEMBERED),
    }


def _ended(before: datetime) -> ColumnElement[bool]:
    return func.least(SignIn.expires_at, SignIn.revoked_at) <= before


def _remove(session: Session, table: type[Base], where: ColumnElement[bool]) -> int:
    removed = delete(table).where(where).returning(*table.__table__.primary_key).cte("removed")
    return session.scalar(select(func.count()).select_from(removed)) or 0
