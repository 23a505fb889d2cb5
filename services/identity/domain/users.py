"""People: registering, changing, becoming a vendor, leaving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.identity.domain.emails import Email
from services.identity.models import User
from shared.events.identity import CustomerCreated, CustomerUpdated
from shared.events.ids import new_id
from shared.kit.errors import Refusal, Unauthenticated
from shared.messaging import outbox

INVITE_TOKEN_LENGTH = 256


class EmailTaken(Refusal):
    """Somebody has this e-mail, whatever its case."""

    type = "email-taken"
    title = "This e-mail already has an account"


class UnknownUser(LookupError):
    """An event speaks of a user who is not here; it is tried again, because it may have come early."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A person who asks for an account, with their password already hashed."""

    email: Email
    name: str
    password_hash: str
    locale: str = "en"
    role: str = "customer"
    invite_token: str | None = None


def clean_invite_token(given: str | None) -> str | None:
    """Make any token storable, so that none stops a registration: what no database keeps is dropped, the rest cut."""
    storable = (given or "").encode("utf-8", "ignore").decode().replace("\0", "")
    return storable[:INVITE_TOKEN_LENGTH] or None


def register(session: Session, wanted: Registration) -> User:
    """Create the user and announce `customer.created` in one transaction, or refuse with `EmailTaken`.

    The database decides who has the e-mail; `registered_at` is the moment inside the transaction and the event's time.
    """
    now = datetime.now(UTC)
    row = insert(User).values(_row(wanted, now)).on_conflict_do_nothing(index_elements=["email_key"])
    user: User | None = session.scalar(row.returning(User))
    if user is None:
        raise EmailTaken("Sign in, or ask for a new password.", fields={"email": "already has an account"})
    outbox.add(session, _created(user, wanted), aggregate_version=user.version, occurred_at=now)
    return user


def _row(wanted: Registration, now: datetime) -> Mapping[str, object]:
    return {
        "id": new_id(),
        "email": wanted.email.given,
        "email_key": wanted.email.key,
        "name": wanted.name,
        "locale": wanted.locale,
        "role": wanted.role,
        "password_hash": wanted.password_hash,
        "invite_token": wanted.invite_token,
        "version": 1,
        "registered_at": now,
        "updated_at": now,
    }


def _created(user: User, wanted: Registration) -> CustomerCreated:
    return CustomerCreated(
        customer_id=user.id,
        email=wanted.email.given,
        name=wanted.name,
        locale=wanted.locale,
        registered_at=user.registered_at,
        metadata={"invite_token": wanted.invite_token} if wanted.invite_token else {},
        role=wanted.role,
    )


def by_email_key(session: Session, key: str) -> User | None:
    """The user with this e-mail, if there is one."""
    return session.scalar(select(User).where(User.email_key == key))


def looked_up(
    session: Session, *, user_id: UUID | None = None, email_key: str | None = None, token: str | None = None, limit: int
) -> Sequence[User]:
    """Who has this id, this e-mail, or came with this invite token, the newest first; erased people keep their id."""
    query = select(User).order_by(User.registered_at.desc(), User.id.desc()).limit(limit)
    for column, value in ((User.id, user_id), (User.email_key, email_key), (User.invite_token, token)):
        query = query.where(column == value) if value is not None else query
    return session.scalars(query).all()


def present(session: Session, user_id: UUID, *, lock: bool = False) -> User:
    """The user whose token this is; a person who has left is no longer anybody (`Unauthenticated`)."""
    query = select(User).where(User.id == user_id, User.erased_at.is_(None))
    user = session.scalar(query.with_for_update() if lock else query)
    if user is None:
        raise Unauthenticated("This account no longer exists.")
    return user


def change(session: Session, user_id: UUID, changes: Mapping[str, str]) -> User:
    """Change name or locale and announce `customer.updated`; what changes nothing announces nothing."""
    user = present(session, user_id, lock=True)
    if any(getattr(user, field) != value for field, value in changes.items()):
        for field, value in changes.items():
            setattr(user, field, value)
        _announce_change(session, user)
    return user


def _announce_change(session: Session, user: User) -> None:
    user.version += 1
    user.updated_at = datetime.now(UTC)
    event = CustomerUpdated(
        customer_id=user.id,
        email=user.email or "",
        name=user.name or "",
        locale=user.locale,
        updated_at=user.updated_at,
        role=user.role,
    )
    outbox.add(session, event, aggregate_version=user.version, occurred_at=user.updated_at)
