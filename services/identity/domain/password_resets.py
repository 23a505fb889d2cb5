"""Forgotten passwords: a token that works once, for an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from services.identity.domain import credentials, secret_tokens
from services.identity.domain.credentials import Credentials
from services.identity.models import PasswordReset, User
from shared.events.identity import PasswordResetRequested
from shared.events.ids import new_id
from shared.kit.errors import Invalid, NotFound
from shared.messaging import outbox

LIFETIME = timedelta(hours=1)
AT_ONCE = 200


class ResetLinkInvalid(Invalid):
    """This link was never made, was used, was replaced, or is more than an hour old."""

    type = "reset-link-invalid"
    title = "This link is not valid any more"


class ResetOver(NotFound):
    """This request was never made, is too old, or a new password is set already."""


def request(session: Session, email_key: str | None) -> UUID | None:
    """Note that the person with this e-mail shall have a link; nothing if there is none, after the very same work.

    One statement writes a row in both cases, so that the time taken does not tell who has an account. It is announced
    later (`announce`), and what the link holds is made when it is sent (`issue`): the row's own token is nobody's.
    """
    now = datetime.now(UTC)
    owner = select(User.id).where(User.email_key == (email_key or "")).scalar_subquery()
    values = {
        "id": new_id(),
        "token_hash": secret_tokens.digest(secret_tokens.new()),
        "user_id": owner,
        "requested_at": now,
        "expires_at": now + LIFETIME,
    }
    row = session.execute(insert(PasswordReset).values(values).returning(PasswordReset.id, PasswordReset.user_id)).one()
    return row.id if row.user_id else None


def announce(session: Session, most: int = AT_ONCE) -> int:
    """Say of each request that it was made, once, so that its mail is written; how many that were."""
    query = select(PasswordReset).where(
        PasswordReset.announced_at.is_(None),
        PasswordReset.user_id.is_not(None),
        PasswordReset.id.is_not(None),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > datetime.now(UTC),
    )
    rows = session.scalars(query.order_by(PasswordReset.requested_at).limit(most).with_for_update(skip_locked=True))
    said = [_said(row) for row in rows]
    outbox.add_many(session, said)
    return len(said)


def issue(session: Session, reset_id: UUID) -> str:
    """Make a token for a request that was made, for whoever sends it now; `ResetOver` if none is needed any more.

    Each sending has its own, and all of one person's end with the first that is used.
    """
    asked = session.scalar(
        select(PasswordReset).where(
            PasswordReset.id == reset_id,
            PasswordReset.user_id.is_not(None),
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > datetime.now(UTC),
        )
    )
    if asked is None:
        raise ResetOver
    token = secret_tokens.new()
    values = {"token_hash": secret_tokens.digest(token), "user_id": asked.user_id}
    times = {"requested_at": asked.requested_at, "expires_at": asked.expires_at}
    session.execute(insert(PasswordReset).values({**values, **times}))
    return token


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


def _said(row: PasswordReset) -> outbox.NewEvent:
    row.announced_at = datetime.now(UTC)
    if row.id is None or row.user_id is None:
        raise LookupError("a request of nobody is not announced")
    event = PasswordResetRequested(
        reset_id=row.id, customer_id=row.user_id, requested_at=row.requested_at, expires_at=row.expires_at
    )
    return outbox.NewEvent(event=event, aggregate_version=1, occurred_at=row.requested_at)


def _valid(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        PasswordReset.token_hash == secret_tokens.digest(token),
        PasswordReset.user_id.is_not(None),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > datetime.now(UTC),
    )


def _refusal() -> ResetLinkInvalid:
    return ResetLinkInvalid("Ask for a new link.", fields={"token": "unknown, used or expired"})
