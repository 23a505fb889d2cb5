"""Who has the role of a vendor: whoever has a vendor that is not deleted, by the newest that vendor said of each.

A suspended vendor keeps the role: they sign in and read, and the vendor service refuses what they may not do. Were the
role taken away, they could not even read why.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.identity.domain.users import UnknownUser
from services.identity.models import User, UserVendor

DELETED = "deleted"


class Standing(NamedTuple):
    """What became of a vendor, and at which version of it."""

    vendor_id: UUID
    user_id: UUID
    status: str
    version: int


def follow(session: Session, news: Standing) -> None:
    """Keep what is newer than what is known and give the user the role that follows; an admin stays one.

    Twice is once, and the order of arrival makes no difference. `UnknownUser` if there is no such user yet.
    """
    # The lock lets the news of two vendors of one user, or two of one vendor, take turns.
    if session.get(User, news.user_id, with_for_update={"key_share": True}) is None:
        raise UnknownUser(f"no user {news.user_id}")
    if _is_news(session, news):
        session.execute(
            update(User)
            .where(User.id == news.user_id, User.role.in_(["customer", "vendor"]))
            .values(role="vendor" if _sells(session, news.user_id) else "customer")
        )


def _is_news(session: Session, news: Standing) -> bool:
    row = insert(UserVendor).values(news._asdict())
    newer = row.on_conflict_do_update(
        index_elements=["vendor_id"],
        set_={"status": row.excluded.status, "version": row.excluded.version},
        where=UserVendor.version < row.excluded.version,
    )
    return session.scalar(newer.returning(UserVendor.vendor_id)) is not None


def _sells(session: Session, user_id: UUID) -> bool:
    mine = exists().where(UserVendor.user_id == user_id, UserVendor.status != DELETED)
    return bool(session.scalar(select(mine)))
