"""The trail of what admins did to deliveries: who, what, when, from where, and why. Written with the act itself."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.models import AuditEntry
from shared.kit import audit
from shared.kit.audit import By


class Action(StrEnum):
    """What an admin did."""

    DELIVERY_RESENT = "delivery.resent"
    DELIVERY_DISMISSED = "delivery.dismissed"


def note(
    session: Session,
    by: By,
    action: Action,
    subject_id: UUID,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str | None,
) -> None:
    """Write one row in the act's own transaction: there is no act without it, and no row without the act."""
    audit.write(session, AuditEntry, by, action, subject_id, before=before, after=after, reason=reason)
