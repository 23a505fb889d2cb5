"""The audit trail of admins: who did what, when, from where, what was before and after. Written with the act itself."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.models import AuditEntry
from shared.kit import audit
from shared.kit.audit import By


class Action(StrEnum):
    """What an admin did."""

    CATEGORY_CREATED = "category.created"
    CATEGORY_CHANGED = "category.changed"
    CATEGORY_MERGED = "category.merged"
    CATEGORY_DELETED = "category.deleted"
    PRODUCT_CREATED = "product.created"
    PRODUCT_CHANGED = "product.changed"
    PRODUCT_DELETED = "product.deleted"
    PRODUCT_RESTORED = "product.restored"
    PICTURES_CHANGED = "product.pictures_changed"


def note(
    session: Session,
    by: By,
    action: Action,
    subject_id: UUID,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one row in the act's own transaction: there is no act without it, and no row without the act."""
    audit.write(session, AuditEntry, by, action, subject_id, before=before, after=after)
