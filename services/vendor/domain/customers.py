"""A vendor's customer list: who is on it, newest first, found by how words of their name or e-mail address begin."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, cast, func, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from services.vendor.domain import removals
from services.vendor.models import Customer, VendorCustomer, VendorInviteToken
from shared.kit.errors import NotFound
from shared.kit.paging import Page, take

FEW = 2000
"""So many people are looked up one by one on a list; who finds more finds them soon by walking along it."""
_BETWEEN = re.compile(r"""[\s@._+\-,;:()/"']+""")
_BEGINNING = r"""(^|[\s@._+\-,;:()/"'])"""


class NotOnYourList(NotFound):
    """This customer is not on your list."""


def page(
    session: Session, vendor_id: UUID, *, q: str | None = None, cursor: str | None = None, limit: int = 20
) -> Page[Any]:
    """Who is on a vendor's list, last come first; `q` has beginnings of words of name or e-mail, whatever their case.

    Somebody whose name has not arrived yet is listed without one: a mapping is never hidden.
    """
    mine = _list().where(VendorCustomer.vendor_id == vendor_id, VendorCustomer.removed_at.is_(None))
    if q and (words := [word for word in _BETWEEN.split(q) if word]):
        mine = mine.where(*_about(session, words))
    return take(session, mine, (VendorCustomer.linked_at, VendorCustomer.id), cursor=cursor, limit=limit)


def remove(session: Session, vendor_id: UUID, customer_id: UUID, now: datetime) -> None:
    """Take a customer off the list; they come back by a new invitation only. Raises `NotOnYourList`."""
    if not removals.remove(session, vendor_id, customer_id, now):
        raise NotOnYourList


def _about(session: Session, words: Sequence[str]) -> list[ColumnElement[bool]]:
    """The condition on a list's rows: whom the index finds if these are few, else one for walking along the list.

    PostgreSQL cannot guess how rare a beginning is, and would walk along a million to find nobody.
    """
    beginning = func.words_of(Customer.name, Customer.email).op("@@")(_search(words))
    few = session.scalars(select(Customer.id).where(beginning).limit(FEW + 1)).all()
    if len(few) <= FEW:
        return [VendorCustomer.customer_id.in_(few)]
    said = func.lower(func.concat(Customer.name, " ", Customer.email))
    return [said.op("~")(func.lower(_expression(word))) for word in words]


def _expression(word: str) -> str:
    """A regular expression for a text with a word that begins so."""
    return _BEGINNING + re.sub(r"(\W)", r"\\\1", word)


def _search(words: Sequence[str]) -> ColumnElement[Any]:
    """A text search for words that begin so, all of them."""
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return cast(func.lower(" & ".join(f"'{word}':*" for word in quoted)), TSQUERY)


def _list() -> Any:
    return (
        select(
            VendorCustomer.id,
            VendorCustomer.customer_id,
            Customer.name,
            Customer.email,
            VendorCustomer.invite_token_id,
            VendorInviteToken.label.label("invite_label"),
            VendorCustomer.source,
            VendorCustomer.linked_at,
        )
        .outerjoin(Customer, Customer.id == VendorCustomer.customer_id)
        .outerjoin(VendorInviteToken, VendorInviteToken.id == VendorCustomer.invite_token_id)
    )
