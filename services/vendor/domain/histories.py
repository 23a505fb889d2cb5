"""What became of invitations: for the vendor whom somebody did not reach, and for the customer who used one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, and_, select, tuple_
from sqlalchemy.orm import Session

from services.vendor.domain import sentences
from services.vendor.domain.invites import Outcome, Source
from services.vendor.domain.sentences import Story
from services.vendor.models import Customer, InviteOutcome, Vendor, VendorCustomer, VendorInviteToken

Position = tuple[datetime, UUID]


class Chapter(NamedTuple):
    """One recorded outcome, with the row it was read from and its sentence."""

    row: Row[Any]
    sentence: str

    @property
    def position(self) -> Position:
        """Where it stands in its list."""
        return self.row.occurred_at, self.row.event_id


def refused(session: Session, vendor_id: UUID, *, after: Position | None = None, limit: int) -> list[Chapter]:
    """Who used a vendor's invitations without being linked by it, newest first."""
    mine = _outcomes().where(InviteOutcome.vendor_id == vendor_id, InviteOutcome.outcome != Outcome.LINKED)
    return [Chapter(row, sentences.to_the_vendor(_story(row))) for row in _page(session, mine, after, limit)]


def of_customer(session: Session, customer_id: UUID, *, after: Position | None = None, limit: int) -> list[Chapter]:
    """What became of every invitation a person used, newest first."""
    own = _outcomes().where(InviteOutcome.customer_id == customer_id)
    return [Chapter(row, sentences.to_the_customer(_story(row))) for row in _page(session, own, after, limit)]


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


def _page(session: Session, some: Select[Any], after: Position | None, limit: int) -> Sequence[Row[Any]]:
    if after:
        some = some.where(tuple_(InviteOutcome.occurred_at, InviteOutcome.event_id) < after)
    newest_first = some.order_by(InviteOutcome.occurred_at.desc(), InviteOutcome.event_id.desc())
    return session.execute(newest_first.limit(limit)).all()


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
