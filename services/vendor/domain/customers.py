"""A vendor's customer list: who is on it, newest first, found by a part of a name or an e-mail address."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.vendor.domain import removals
from services.vendor.models import Customer, VendorCustomer, VendorInviteToken
from shared.kit.errors import NotFound
from shared.kit.paging import Page, take


class NotOnYourList(NotFound):
    """This customer is not on your list."""


def page(
    session: Session, vendor_id: UUID, *, q: str | None = None, cursor: str | None = None, limit: int = 20
) -> Page[Any]:
    """Who is on a vendor's list, last come first; `q` is a part of a name or an e-mail address, whatever its case.

    Somebody whose name has not arrived yet is listed without one: a mapping is never hidden.
    """
    mine = _list().where(VendorCustomer.vendor_id == vendor_id, VendorCustomer.removed_at.is_(None))
    if q:
        mine = mine.where(or_(*(column.icontains(q, autoescape=True) for column in (Customer.name, Customer.email))))
    return take(session, mine, (VendorCustomer.linked_at, VendorCustomer.id), cursor=cursor, limit=limit)


def remove(session: Session, vendor_id: UUID, customer_id: UUID, now: datetime) -> None:
    """Take a customer off the list; they come back by a new invitation only. Raises `NotOnYourList`."""
    if not removals.remove(session, vendor_id, customer_id, now):
        raise NotOnYourList


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
