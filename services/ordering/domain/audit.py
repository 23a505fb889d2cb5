"""The trail of what admins did: who, what, when, from where, and why. Written with the act itself."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.ordering.models import AuditEntry
from shared.kit import audit
from shared.kit.audit import By


class Action(StrEnum):
    """What an admin did."""

    DISCOUNT_CREATED = "discount.created"
    DISCOUNT_DISABLED = "discount.disabled"
    PAYOUTS_MADE = "payouts.made"


def note(
    session: Session,
    by: By,
    action: Action,
    subject_id: UUID,
    *,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write one row in the act's own transaction: there is no act without it, and no row without the act."""
    audit.write(session, AuditEntry, by, action, subject_id, after=after, reason=reason)
