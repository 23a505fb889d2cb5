"""What ordering compares besides the logs: no order waits for ever, and every handled reply has moved its order."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.ordering.domain import timeouts
from shared.runtime.reconcile import Finding

ADVANCE = "python -m services.ordering job advance-sagas"
HEAL = "python -m services.ordering job reconcile --heal"
AT_ONCE = 1000

_LATE = text("""
    SELECT o.number, o.customer_id, s.deadline FROM order_saga s JOIN customer_order o ON o.id = s.order_id
    WHERE s.deadline < clock_timestamp() - interval '1 minute' ORDER BY s.deadline LIMIT 1000
""")
_UNMOVED = text("""
    SELECT o.number, o.customer_id, i.event_id, i.handled_at FROM inbox i
    JOIN customer_order o ON o.id = i.aggregate_id AND o.status = 'pending'
    WHERE i.type IN ('stock.reserved', 'stock.rejected') AND i.status = 'handled' ORDER BY i.seq LIMIT 1000
""")
_AGAIN = text("""
    UPDATE inbox i SET status = 'retry', handled_at = NULL, attempts = 0, next_attempt_at = clock_timestamp()
    FROM customer_order o WHERE o.id = i.aggregate_id AND o.status = 'pending'
      AND i.type IN ('stock.reserved', 'stock.rejected') AND i.status = 'handled'
""")


class Late:
    """Orders that wait past their deadline: the job that ends them does not run."""

    def find(self, session: Session) -> Sequence[Finding]:
        """Name them."""
        return [
            Finding(
                kind="order_waits",
                detail=f"{row.number} waits past its deadline",
                since=row.deadline,
                customer_id=row.customer_id,
                remedy=ADVANCE,
            )
            for row in session.execute(_LATE)
        ]

    def heal(self, session: Session) -> int:
        """Call them off, as the job would."""
        return timeouts.advance(session, datetime.now(UTC), AT_ONCE)


class Unmoved:
    """Orders that still wait although a reply on their stock was handled."""

    def find(self, session: Session) -> Sequence[Finding]:
        """Name them."""
        return [
            Finding(
                kind="reply_without_effect",
                detail=f"{row.number} waits although its reply was handled",
                since=row.handled_at,
                event_id=row.event_id,
                customer_id=row.customer_id,
                remedy=HEAL,
            )
            for row in session.execute(_UNMOVED)
        ]

    def heal(self, session: Session) -> int:
        """Hand the replies back to the consumer: an order that waits has announced nothing yet."""
        return int(session.execute(_AGAIN).rowcount)  # type: ignore[attr-defined]


RECONCILIATIONS = (Late(), Unmoved())
