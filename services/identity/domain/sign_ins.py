"""Sign-ins and their rotating refresh tokens (RFC 9700, 4.14.2).

A token is exchanged once. Its immediate predecessor may be exchanged again for ten seconds, because a browser's
parallel requests carry the same cookie; anything older is a stolen copy and ends the whole sign-in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.identity.domain import secret_tokens
from services.identity.models import RefreshToken, SignIn, User
from shared.kit.errors import Unauthenticated

GRACE = timedelta(seconds=10)


class SignInEnded(Unauthenticated):
    """This refresh token is unknown, expired or revoked, or was used before; signing in again helps."""

    type = "sign-in-ended"
    title = "Sign in again"


@dataclass(frozen=True)
class Issued:
    """A refresh token in the clear, the one time that it is, with whom it is for."""

    user_id: UUID
    role: str
    locale: str
    token: str
    expires_at: datetime


def begin(session: Session, user: User, lifetime: timedelta) -> Issued:
    """Open a sign-in for a user who has proved who they are; it ends after `lifetime`, however often it is renewed."""
    now = datetime.now(UTC)
    sign_in = SignIn(user_id=user.id, generation=0, signed_in_at=now, rotated_at=now, expires_at=now + lifetime)
    session.add(sign_in)
    session.flush()
    return _issue(session, sign_in, user.role, user.locale, now)


def rotate(session: Session, token: str, now: datetime | None = None) -> Issued | SignInEnded:
    """Exchange a refresh token for the next one, with the role and the locale that the user has now.

    A refusal is returned, not raised: a token used before revokes its family, and that must be committed.
    """
    now = now or datetime.now(UTC)
    found = _locked(session, token)
    if found is None or found.sign_in.revoked_at or found.sign_in.expires_at <= now:
        return SignInEnded("This sign-in is over.")
    sign_in = found.sign_in
    if found.generation == sign_in.generation:
        sign_in.generation, sign_in.rotated_at = sign_in.generation + 1, now
    elif found.generation < sign_in.generation - 1 or now - sign_in.rotated_at > GRACE:
        _revoke(sign_in, "a refresh token was used twice", now)
        return SignInEnded("This refresh token was used before, so the sign-in was ended.")
    return _issue(session, sign_in, found.role, found.locale, now)


@dataclass(frozen=True)
class _Found:
    sign_in: SignIn
    generation: int
    role: str
    locale: str


def _locked(session: Session, token: str) -> _Found | None:
    query = (
        select(SignIn, RefreshToken.generation, User.role, User.locale)
        .join(RefreshToken, RefreshToken.sign_in_id == SignIn.id)
        .join(User, User.id == SignIn.user_id)
        .where(RefreshToken.token_hash == secret_tokens.digest(token))
        .with_for_update(of=SignIn)
    )
    row = session.execute(query).one_or_none()
    return row and _Found(*row)


def _issue(session: Session, sign_in: SignIn, role: str, locale: str, now: datetime) -> Issued:
    token = secret_tokens.new()
    session.add(
        RefreshToken(
            token_hash=secret_tokens.digest(token),
            sign_in_id=sign_in.id,
            generation=sign_in.generation,
            issued_at=now,
        )
    )
    return Issued(sign_in.user_id, role, locale, token, sign_in.expires_at)


def _revoke(sign_in: SignIn, because: str, now: datetime) -> None:
    sign_in.revoked_at, sign_in.revoked_because = now, because


def end(session: Session, token: str) -> None:
    """Revoke the family of a refresh token, whichever generation it is of; an unknown one has nothing to end."""
    found = _locked(session, token)
    if found and not found.sign_in.revoked_at:
        _revoke(found.sign_in, "signed out", datetime.now(UTC))


def end_all(session: Session, user_id: UUID, because: str, except_token: str | None = None) -> None:
    """Revoke every sign-in of a user, but not the one that `except_token` belongs to."""
    kept = select(RefreshToken.sign_in_id).where(RefreshToken.token_hash == secret_tokens.digest(except_token or ""))
    session.execute(
        update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None), SignIn.id.not_in(kept))
        .values(revoked_at=datetime.now(UTC), revoked_because=because)
    )
