"""Proving who one is: the password that is stored, compared and replaced."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity.domain import sign_ins, users
from services.identity.models import User
from shared.kit.errors import Unauthenticated


class WrongCredentials(Unauthenticated):
    """The e-mail or the password is wrong; which of them is not told."""

    type = "wrong-credentials"
    title = "The e-mail or the password is wrong"


@dataclass(frozen=True)
class Credentials:
    """What is needed of a user to judge a password outside of any transaction."""

    user_id: UUID
    email: str
    name: str
    password_hash: str


def stored(session: Session, email_key: str | None) -> Credentials | None:
    """The credentials under an e-mail, for a comparison that holds no connection."""
    user = users.by_email_key(session, email_key) if email_key else None
    return _of(user) if user else None


def stored_of(session: Session, user_id: UUID) -> Credentials:
    """The credentials of a signed-in user."""
    return _of(users.present(session, user_id))


def _of(user: User) -> Credentials:
    return Credentials(user.id, user.email or "", user.name or "", user.password_hash or "")


def confirmed(session: Session, compared: Credentials) -> User:
    """The user, if the password compared is still theirs; otherwise somebody changed it meanwhile."""
    query = select(User).where(User.id == compared.user_id, User.password_hash == compared.password_hash)
    user = session.scalar(query.with_for_update())
    if user is None:
        raise WrongCredentials("Try again.")
    return user


def replace(session: Session, user_id: UUID, password_hash: str, because: str, except_token: str | None = None) -> None:
    """Store a new password and end the user's sign-ins, but not the one that asked for it."""
    users.present(session, user_id, lock=True).password_hash = password_hash
    sign_ins.end_all(session, user_id, because, except_token)
