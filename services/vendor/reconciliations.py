"""What vendor compares besides the logs: every token that arrived has an outcome, every link its row."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.vendor.domain import mappings
from shared.events.ids import derived_id
from shared.events.vendor import VendorCustomerLinked, VendorInviteRefused
from shared.runtime.reconcile import Finding

RESTORE = "python -m services.vendor job restore-mappings"
REPLAY = "./market replay vendor --id {event_id}"

_UNDECIDED = text("""
    SELECT i.event_id, i.aggregate_id AS customer_id, i.handled_at FROM inbox i
    LEFT JOIN invite_outcome o ON o.event_id = i.event_id
    WHERE i.type = 'customer.created' AND i.status = 'handled' AND o.event_id IS NULL
      AND i.envelope -> 'data' -> 'metadata' ->> 'invite_token' <> ''
    ORDER BY i.seq LIMIT 1000
""")
_ROWLESS = text("""
    SELECT o.event_id, o.customer_id, o.vendor_id, o.decided_at FROM invite_outcome o
    LEFT JOIN vendor_customer m ON m.vendor_id = o.vendor_id AND m.customer_id = o.customer_id
    WHERE o.outcome = 'linked' AND m.id IS NULL ORDER BY o.decided_at LIMIT 1000
""")
_ANNOUNCED = text("SELECT event_id FROM outbox WHERE event_id = ANY(CAST(:ids AS uuid[]))")
_AGAIN = text("""
    UPDATE inbox SET status = 'retry', handled_at = NULL, attempts = 0, next_attempt_at = clock_timestamp()
    WHERE event_id = ANY(CAST(:ids AS uuid[])) AND status = 'handled'
""")


class Undecided:
    """Registrations that were handled, carried a token, and have no outcome."""

    def find(self, session: Session) -> Sequence[Finding]:
        """Name them."""
        return [
            Finding(
                kind="not_decided",
                detail="handled, and no outcome of its token is recorded",
                since=row.handled_at,
                event_id=row.event_id,
                customer_id=row.customer_id,
                remedy=REPLAY.format(event_id=row.event_id),
            )
            for row in session.execute(_UNDECIDED)
        ]

    def heal(self, session: Session) -> int:
        """Hand back to the consumer those that nothing was announced of; announcing twice would be worse."""
        lost = [row.event_id for row in session.execute(_UNDECIDED)]
        words = {derived_id(event, kind.type): event for event in lost for kind in _SAID}
        said = {words[each] for each in session.scalars(_ANNOUNCED, {"ids": _texts(words)})}
        again = [event for event in lost if event not in said]
        session.execute(_AGAIN, {"ids": _texts(again)})
        return len(again)


class Rowless:
    """Links whose outcome says linked, and whose row on the list is gone."""

    def find(self, session: Session) -> Sequence[Finding]:
        """Name them."""
        return [
            Finding(
                kind="mapping_lost",
                detail="linked, and the row on the list is gone",
                since=row.decided_at,
                event_id=row.event_id,
                customer_id=row.customer_id,
                remedy=RESTORE,
            )
            for row in session.execute(_ROWLESS)
        ]

    def heal(self, session: Session) -> int:
        """Make the rows again from what was recorded."""
        lost: list[UUID] = [row.customer_id for row in session.execute(_ROWLESS)]
        return mappings.restore(session, lost) if lost else 0


RECONCILIATIONS = (Undecided(), Rowless())

_SAID = (VendorCustomerLinked, VendorInviteRefused)


def _texts(ids: Iterable[UUID]) -> list[str]:
    return [str(each) for each in ids]
