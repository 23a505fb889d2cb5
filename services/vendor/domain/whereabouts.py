"""Where somebody stands, for whoever looks for a mapping: every recorded fact, with its reason in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.vendor.domain import sentences
from services.vendor.domain.invites import Outcome, Source
from services.vendor.domain.sentences import Story
from services.vendor.domain.vendors import UnknownVendor
from services.vendor.models import Customer

Fact = dict[str, Any]

_OUTCOMES = text("""
    SELECT o.event_id, o.customer_id, o.token, o.vendor_id, o.invite_token_id, o.vendor_customer_id, o.source,
           o.outcome, o.occurred_at, o.decided_at, v.name AS vendor_name, v.slug AS vendor_slug,
           t.expires_at, t.revoked_at, t.id IS NOT NULL AS link_known, c.name AS customer_name,
           m.id AS place_id, m.linked_at, m.removed_at, m.version
    FROM invite_outcome o
    LEFT JOIN vendor v ON v.id = o.vendor_id
    LEFT JOIN vendor_invite_token t ON t.id = o.invite_token_id
    LEFT JOIN customer c ON c.id = o.customer_id
    LEFT JOIN vendor_customer m ON m.vendor_id = o.vendor_id AND m.customer_id = o.customer_id
    WHERE (CAST(:customer AS uuid) IS NULL OR o.customer_id = :customer)
      AND (CAST(:token AS text) IS NULL OR o.token = :token)
    ORDER BY o.occurred_at DESC, o.event_id DESC LIMIT :limit
""")
_PLACES = text("""
    SELECT m.id, m.vendor_id, m.event_id, m.source, m.linked_at, m.removed_at, m.version, v.slug AS vendor_slug,
           v.name AS vendor_name
    FROM vendor_customer m LEFT JOIN vendor v ON v.id = m.vendor_id
    WHERE m.customer_id = :customer ORDER BY m.linked_at DESC
""")
_LINK = text("""
    SELECT t.id, t.label, t.vendor_id, v.name AS vendor_name, v.slug AS vendor_slug, t.max_uses, t.expires_at,
           t.revoked_at, t.created_at,
           (SELECT count(*) FROM invite_outcome o WHERE o.invite_token_id = t.id AND o.outcome = 'linked') AS uses
    FROM vendor_invite_token t JOIN vendor v ON v.id = t.vendor_id WHERE t.token = :token
""")
_STATUSES = text("SELECT status, since, reason FROM vendor_status WHERE vendor_id = :vendor ORDER BY version")
_VENDOR = text("SELECT id FROM vendor WHERE slug = :who OR id::text = :who")


def of_customer(session: Session, customer_id: UUID, vendor: str | None = None) -> Fact:
    """Tell a customer's name here, the outcome of every token they used, and their places on lists, newest first.

    With a vendor's slug or id only what concerns that one, and what concerns none. Raises `UnknownVendor`.
    """
    wanted = _vendor(session, vendor) if vendor else None
    known = session.get(Customer, customer_id)
    outcomes = _told(session, customer=customer_id)
    mine = [each for each in outcomes if wanted is None or each["vendor_id"] in (wanted, None)]
    places = [dict(row) for row in session.execute(_PLACES, {"customer": customer_id}).mappings()]
    return {
        "customer": {"id": known.id, "name": known.name, "erased_at": known.erased_at} if known else None,
        "outcomes": mine,
        "elsewhere": [each for each in outcomes if each not in mine],
        "places": [each for each in places if wanted is None or each["vendor_id"] == wanted],
    }


def of_token(session: Session, token: str) -> Fact:
    """Tell whose link a token is, how it and its vendor stand, and who used it with which outcome, newest first."""
    row = session.execute(_LINK, {"token": token}).mappings().one_or_none()
    link = dict(row) if row else None
    return {"link": link, "statuses": _statuses(session, link), "outcomes": _told(session, token=token)}


def _statuses(session: Session, link: Fact | None) -> list[Fact]:
    if link is None:
        return []
    return [dict(row) for row in session.execute(_STATUSES, {"vendor": link["vendor_id"]}).mappings()]


def _vendor(session: Session, who: str) -> UUID:
    found: UUID | None = session.scalar(_VENDOR, {"who": who})
    if found is None:
        raise UnknownVendor(f"No vendor is called {who}.")
    return found


def _told(session: Session, *, customer: UUID | None = None, token: str | None = None) -> Sequence[Fact]:
    rows = session.execute(_OUTCOMES, {"customer": customer, "token": token, "limit": 200}).mappings()
    return [_with_reasons(session, dict(row)) for row in rows]


def _with_reasons(session: Session, row: Mapping[str, Any]) -> Fact:
    said = sentences.to_a_developer(_story(row))
    if row["outcome"] == Outcome.VENDOR_NOT_APPROVED and (why := _why(session, row["vendor_id"], row["occurred_at"])):
        said = f"{said.removesuffix('.')}: {why}."
    return {**row, "sentence": said}


def _why(session: Session, vendor_id: UUID, at: datetime) -> str | None:
    rows = session.execute(_STATUSES, {"vendor": vendor_id}).all()
    held = [row for row in rows if row.since <= at]
    if not held:
        return "not approved yet"
    return f"{held[-1].status} at {held[-1].since:%Y-%m-%d %H:%M:%S} UTC, “{held[-1].reason}”"


def _story(row: Mapping[str, Any]) -> Story:
    return Story(
        outcome=Outcome(row["outcome"]),
        at=row["occurred_at"],
        source=Source(row["source"]),
        vendor=row["vendor_name"],
        customer=row["customer_name"],
        expired=row["expires_at"],
        revoked=row["revoked_at"],
    )
