"""Leaving: everything personal is forgotten, and the others are told to forget it too."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.identity.domain import users
from services.identity.models import Address, PasswordReset, SignIn, User
from shared.events.identity import CustomerErased
from shared.messaging import outbox

FORGOTTEN = ("email", "email_key", "name", "password_hash", "invite_token")


def erase(session: Session, user_id: UUID) -> None:
    """Scrub the person, end their sign-ins, and announce `customer.erased`; their e-mail may register again."""
    user = users.present(session, user_id, lock=True)
    _forget(user)
    for table in (SignIn, Address, PasswordReset):
        session.execute(delete(table).where(table.user_id == user_id))
    event = CustomerErased(customer_id=user.id, erased_at=user.updated_at)
    outbox.add(session, event, aggregate_version=user.version, occurred_at=user.updated_at)


def _forget(user: User) -> None:
    for field in FORGOTTEN:
        setattr(user, field, None)
    user.version += 1
    user.erased_at = user.updated_at = datetime.now(UTC)
