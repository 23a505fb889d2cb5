"""Proving who one is: the password that is stored, compared and replaced."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity.domain import sign_ins, users
from services.identity.domain.hashing import Hashing
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


Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Proven:
    """Whose password was right, and a new hash of it if the stored one is of older parameters."""

    credentials: Credentials
    rehashed: str | None


def prove(transaction: Transaction, hashing: Hashing, email_key: str | None, password: str) -> Proven:
    """Judge an e-mail and a password with the same work whether or not there is such a user.

    No connection is held while the password is hashed. `WrongCredentials`, or `TooBusy`.
    """
    with transaction() as session:
        known = stored(session, email_key)
    return _proven(hashing, known, password)


def prove_own(transaction: Transaction, hashing: Hashing, user_id: UUID, password: str) -> Proven:
    """Judge the password of somebody who is signed in."""
    with transaction() as session:
        known = stored_of(session, user_id)
    return _proven(hashing, known, password)


def _proven(hashing: Hashing, known: Credentials | None, password: str) -> Proven:
    if not hashing.verify(known.password_hash if known else None, password) or known is None:
        raise WrongCredentials("Try again, or ask for a new password.")
    return Proven(known, hashing.hash(password) if hashing.outdated(known.password_hash) else None)


def stored(session: Session, email_key: str | None) -> Credentials | None:
    """The credentials under an e-mail, for a comparison that holds no connection."""
    user = users.by_email_key(session, email_key) if email_key else None
    return _of(user) if user else None


def stored_of(session: Session, user_id: UUID) -> Credentials:
    """The credentials of a user who is known to be here."""
    return _of(users.present(session, user_id))


def _of(user: User) -> Credentials:
    return Credentials(user.id, user.email or "", user.name or "", user.password_hash or "")


def confirmed(session: Session, proven: Proven) -> User:
    """The user, if the password judged is still theirs; otherwise somebody changed it meanwhile."""
    known = proven.credentials
    query = select(User).where(User.id == known.user_id, User.password_hash == known.password_hash)
    user = session.scalar(query.with_for_update())
    if user is None:
        raise WrongCredentials("The password was changed at this moment.")
    user.password_hash = proven.rehashed or user.password_hash
    return user


def replace(session: Session, user_id: UUID, password_hash: str, because: str, except_token: str | None = None) -> None:
    """Store a new password and end the user's sign-ins, but not the one that asked for it."""
    users.present(session, user_id, lock=True).password_hash = password_hash
    sign_ins.end_all(session, user_id, because, except_token)
