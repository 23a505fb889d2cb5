"""The audit trail that services keep: who did what, when, from where, what was before and after, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.events import trace
from shared.events.ids import new_id


@dataclass(frozen=True)
class By:
    """Who acts, and from which address; the operator and the system itself have neither."""

    actor_id: UUID | None
    role: str
    address: str | None = None


OPERATOR = By(None, "operator")
SYSTEM = By(None, "system")


class Audited:
    """The columns of a service's `audit_entry`, whose rows its database refuses to change; `subject_id` is done to."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str]
    address: Mapped[str | None]
    correlation_id: Mapped[str]
    action: Mapped[str]
    subject_id: Mapped[UUID]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


def write(
    session: Session,
    table: type[Audited],
    by: By,
    action: str,
    subject_id: UUID,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **more: Any,
) -> None:
    """Write one row in the act's own transaction: there is no act without it, and no row without the act.

    `before` and `after` hold what changed, never a secret; `more` are the columns that a service adds.
    """
    facts = {
        "id": new_id(),
        "at": datetime.now(UTC),
        "actor_id": by.actor_id,
        "actor_role": by.role,
        "address": by.address,
        "correlation_id": trace.current().correlation_id,
        "action": str(action),
        "subject_id": subject_id,
        "before": dict(before) if before is not None else None,
        "after": dict(after) if after is not None else None,
    }
    session.add(table(**facts, **more))
