"""The audit trail: who did what, when, from where, what was before and after, and why. Written with the act itself."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.vendor.models import AuditEntry, Customer
from shared.kit import audit
from shared.kit.audit import By
from shared.kit.paging import Page, take


class Action(StrEnum):
    """What somebody did."""

    APPLICATION_SUBMITTED = "application.submitted"
    APPLICATION_WITHDRAWN = "application.withdrawn"
    APPLICATION_APPROVED = "application.approved"
    APPLICATION_REJECTED = "application.rejected"
    DOCUMENT_ADDED = "document.added"
    DOCUMENT_OPENED = "document.opened"
    DOCUMENT_REMOVED = "document.removed"
    VENDOR_CREATED = "vendor.created"
    VENDOR_SUSPENDED = "vendor.suspended"
    VENDOR_REACTIVATED = "vendor.reactivated"
    VENDOR_DELETED = "vendor.deleted"
    VENDOR_RESTORED = "vendor.restored"
    COMMISSION_CHANGED = "commission.changed"
    PROFILE_CHANGED = "profile.changed"
    LOGO_CHANGED = "profile.logo_changed"
    BANNER_CHANGED = "profile.banner_changed"
    CUSTOMER_REMOVED = "customer.removed"
    INVITE_CREATED = "invite.created"
    INVITE_RELABELLED = "invite.relabelled"
    INVITE_REVOKED = "invite.revoked"


def note(
    session: Session,
    by: By,
    action: Action,
    subject_id: UUID,
    *,
    user_id: UUID | None = None,
    vendor_id: UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write one row in the act's own transaction: there is no act without it, and no row without the act.

    `before` and `after` hold what changed, never a secret.
    """
    audit.write(
        session,
        AuditEntry,
        by,
        action,
        subject_id,
        before=before,
        after=after,
        user_id=user_id,
        vendor_id=vendor_id,
        reason=reason,
    )


def page(session: Session, *, cursor: str | None = None, limit: int = 20, **wanted: Any) -> Page[Any]:
    """The newest entries first, those alone that have the wanted values: `action`, `actor_id`, `vendor_id` …"""
    found = select(AuditEntry, Customer.name.label("actor_name")).outerjoin(
        Customer, Customer.id == AuditEntry.actor_id
    )
    for field, value in wanted.items():
        if value is not None:
            found = found.where(getattr(AuditEntry, field) == value)
    rows = found.with_only_columns(*AuditEntry.__table__.columns, Customer.name.label("actor_name"))
    return take(session, rows, (AuditEntry.id,), cursor=cursor, limit=limit)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, as they were and as they are."""
    different = [field for field in after if before.get(field) != after[field]]
    return {field: before.get(field) for field in different}, {field: after[field] for field in different}


def names(session: Session, *people: UUID | None) -> dict[UUID, str]:
    """What people are called, of those whose names have arrived."""
    known = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_([p for p in people if p])))
    return {row.id: row.name for row in known if row.name}
