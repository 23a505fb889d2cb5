"""Forgotten passwords: a token that works once, for an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from services.identity.domain import credentials, secret_tokens
from services.identity.domain.credentials import Credentials
from services.identity.models import PasswordReset, User
from shared.kit.errors import Invalid

LIFETIME = timedelta(hours=1)


class ResetLinkInvalid(Invalid):
    """This link was never made, was used, was replaced, or is more than an hour old."""

    type = "reset-link-invalid"
    title = "This link is not valid any more"


def request(session: Session, email_key: str | None) -> str | None:
    """Make a token for the person with this e-mail; nothing if there is none, after the very same work.

    One statement writes a row in both cases, so that the time taken does not tell who has an account.
    """
    token, now = secret_tokens.new(), datetime.now(UTC)
    owner = select(User.id).where(User.email_key == (email_key or "")).scalar_subquery()
    values = {
        "token_hash": secret_tokens.digest(token),
        "user_id": owner,
        "requested_at": now,
        "expires_at": now + LIFETIME,
    }
    found = session.scalar(insert(PasswordReset).values(values).returning(PasswordReset.user_id))
    return token if found else None


def owner(session: Session, token: str) -> Credentials:
    """Whose link this is, to judge the new password by; `ResetLinkInvalid` if it is nobody's any more."""
    query = select(PasswordReset.user_id).where(*_valid(token))
    user_id = session.scalar(query)
    if user_id is None:
        raise _refusal()
    return credentials.stored_of(session, user_id)


def use(session: Session, token: str, password_hash: str) -> None:
    """Set the new password and end every sign-in. Of two who use one link at once, one is refused."""
    used = update(PasswordReset).where(*_valid(token)).values(used_at=datetime.now(UTC))
    user_id = session.scalar(used.returning(PasswordReset.user_id))
    if user_id is None:
        raise _refusal()
    credentials.replace(session, user_id, password_hash, "the password was reset")
    session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None)))


def _valid(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        PasswordReset.token_hash == secret_tokens.digest(token),
        PasswordReset.user_id.is_not(None),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > datetime.now(UTC),
    )


def _refusal() -> ResetLinkInvalid:
    return ResetLinkInvalid("Ask for a new link.", fields={"token": "unknown, used or expired"})
