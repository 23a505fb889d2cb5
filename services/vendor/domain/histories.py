"""What became of invitations: for the vendor whom somebody did not reach, and for the customer who used one."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from services.vendor.domain import sentences
from services.vendor.domain.invites import Outcome, Source
from services.vendor.domain.sentences import Story
from services.vendor.models import Customer, InviteOutcome, Vendor, VendorCustomer, VendorInviteToken
from shared.kit.paging import Page, take

ORDER = (InviteOutcome.occurred_at, InviteOutcome.event_id)


class Chapter(NamedTuple):
    """One recorded outcome, as it was read, and its sentence."""

    row: Row[Any]
    sentence: str


def refused(session: Session, vendor_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Page[Chapter]:
    """Who used a vendor's invitations without being linked by it, newest first."""
    mine = _outcomes().where(InviteOutcome.vendor_id == vendor_id, InviteOutcome.outcome != Outcome.LINKED)
    return _told(take(session, mine, ORDER, cursor=cursor, limit=limit), sentences.to_the_vendor)


def of_customer(session: Session, customer_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Page[Chapter]:
    """What became of every invitation a person used, newest first."""
    own = _outcomes().where(InviteOutcome.customer_id == customer_id)
    return _told(take(session, own, ORDER, cursor=cursor, limit=limit), sentences.to_the_customer)


def _told(page: Page[Any], tell: Callable[[Story], str]) -> Page[Chapter]:
    return Page([Chapter(row, tell(_story(row))) for row in page.items], page.next_cursor)


def _outcomes() -> Any:
    return (
        select(
            InviteOutcome.event_id,
            InviteOutcome.outcome,
            InviteOutcome.occurred_at,
            InviteOutcome.source,
            InviteOutcome.customer_id,
            InviteOutcome.invite_token_id,
            Customer.name.label("customer_name"),
            Vendor.name.label("vendor_name"),
            Vendor.slug.label("vendor_slug"),
            VendorInviteToken.label.label("invite_label"),
            VendorInviteToken.expires_at,
            VendorInviteToken.revoked_at,
            and_(VendorCustomer.id.is_not(None), VendorCustomer.removed_at.is_(None)).label("on_list"),
        )
        .outerjoin(Customer, Customer.id == InviteOutcome.customer_id)
        .outerjoin(Vendor, Vendor.id == InviteOutcome.vendor_id)
        .outerjoin(VendorInviteToken, VendorInviteToken.id == InviteOutcome.invite_token_id)
        .outerjoin(
            VendorCustomer,
            and_(
                VendorCustomer.vendor_id == InviteOutcome.vendor_id,
                VendorCustomer.customer_id == InviteOutcome.customer_id,
            ),
        )
    )


def _story(row: Row[Any]) -> Story:
    return Story(
        outcome=Outcome(row.outcome),
        at=row.occurred_at,
        source=Source(row.source),
        vendor=row.vendor_name,
        customer=row.customer_name,
        expired=row.expires_at,
        revoked=row.revoked_at,
        still_listed=row.on_list,
    )
