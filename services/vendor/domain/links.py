"""Invite links, as their vendor handles them: make, list, relabel, revoke, and see how many each brought."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.vendor.domain.invites import Outcome
from services.vendor.domain.statuses import APPROVED
from services.vendor.models import InviteOutcome, Vendor, VendorInviteToken
from shared.events.ids import new_id
from shared.kit.errors import Forbidden, Invalid, NotFound, Refusal
from shared.kit.paging import Page, take

TOKEN_BYTES = 24  # 192 bits: nobody guesses one


class VendorSuspended(Refusal):
    """A suspended vendor makes no invitations."""


class UnknownInvite(NotFound):
    """There is no such invitation."""


class NotYourInvite(Forbidden):
    """This invitation is another vendor's."""


class NewLink(NamedTuple):
    """What a vendor wants of a link; nothing means no limit."""

    label: str | None = None
    max_uses: int | None = None
    expires_at: datetime | None = None


class Brought(NamedTuple):
    """A link, how many it linked, and how many it did not by reason."""

    link: VendorInviteToken
    uses: int
    refused: Mapping[str, int]


def create(session: Session, vendor: Vendor, wanted: NewLink, now: datetime) -> Brought:
    """Make a link. Raises `VendorSuspended`, or `Invalid` if it would have expired before it was made."""
    if vendor.status != APPROVED:
        raise VendorSuspended
    if wanted.expires_at and wanted.expires_at <= now:
        raise Invalid(fields={"expires_at": "Must be in the future."})
    link = VendorInviteToken(
        id=new_id(),
        vendor_id=vendor.id,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        label=_clean(wanted.label),
        max_uses=wanted.max_uses,
        expires_at=wanted.expires_at,
        created_at=now,
    )
    session.add(link)
    return Brought(link, 0, {})


def page(session: Session, vendor_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Page[Brought]:
    """A vendor's links, newest first, each with what it brought."""
    mine = select(VendorInviteToken).where(VendorInviteToken.vendor_id == vendor_id)
    found = take(session, mine, (VendorInviteToken.id,), cursor=cursor, limit=limit)
    return Page(_counted(session, found.items), found.next_cursor)


def relabel(session: Session, vendor_id: UUID, invite_id: UUID, label: str | None) -> Brought:
    """Call a link something else. Raises `UnknownInvite` or `NotYourInvite`."""
    link = _own(session, vendor_id, invite_id)
    link.label = _clean(label)
    return _counted(session, [link])[0]


def revoke(session: Session, vendor_id: UUID, invite_id: UUID, now: datetime) -> Brought:
    """Close a link from now on; one that is closed stays closed since then. Raises `UnknownInvite` or `NotYourInvite`.

    Who registered before this moment is still linked, even if the news of it arrives later.
    """
    link = _own(session, vendor_id, invite_id)
    link.revoked_at = link.revoked_at or now
    return _counted(session, [link])[0]


def _own(session: Session, vendor_id: UUID, invite_id: UUID) -> VendorInviteToken:
    link = session.get(VendorInviteToken, invite_id, with_for_update={"key_share": True})
    if link is None:
        raise UnknownInvite
    if link.vendor_id != vendor_id:
        raise NotYourInvite
    return link


def _clean(label: str | None) -> str | None:
    return " ".join((label or "").split()) or None


def _counted(session: Session, links: Sequence[VendorInviteToken]) -> list[Brought]:
    tallies = _tallies(session, [link.id for link in links])
    return [Brought(link, tallies[link.id].pop(Outcome.LINKED, 0), tallies[link.id]) for link in links]


def _tallies(session: Session, invite_ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    tallies: dict[UUID, dict[str, int]] = defaultdict(dict)
    by = (InviteOutcome.invite_token_id, InviteOutcome.outcome)
    counted = select(*by, func.count()).where(InviteOutcome.invite_token_id.in_(list(invite_ids))).group_by(*by)
    for invite_id, outcome, number in session.execute(counted):
        if invite_id:
            tallies[invite_id][outcome] = number
    return tallies
