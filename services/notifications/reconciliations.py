"""What notifications compares besides the logs: nothing is in doubt, and nothing waits for ever."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.notifications.domain import telling
from shared.runtime.reconcile import Finding

RESEND = "POST /api/admin/deliveries/{id}/resend, or /dismiss"
RECONCILE = "python -m services.notifications job reconcile --heal"
DISPATCHER = "python -m services.notifications dispatcher"

_STUCK = text("""
    SELECT id, event_id, recipient_id, state, coalesce(handed_over_at, finished_at, occurred_at) AS since FROM delivery
    WHERE state = 'in_doubt' ORDER BY id LIMIT 1000
""")
_WAITING = text("""
    SELECT id, event_id, recipient_id, next_attempt_at FROM delivery
    WHERE state = 'due' AND next_attempt_at < clock_timestamp() - interval '15 minutes'
    ORDER BY next_attempt_at LIMIT 1000
""")

_UNADDRESSED = text("""
    SELECT event_id, vendor_id, arrived_at FROM unaddressed
    WHERE arrived_at < clock_timestamp() - interval '15 minutes' ORDER BY arrived_at LIMIT 1000
""")


class InDoubt:
    """Mails that a mail server may or may not have taken; only an admin may decide to send them again."""

    def find(self, session: Session) -> Sequence[Finding]:
        """Name them."""
        return [
            Finding(
                kind="delivery_in_doubt",
                detail="handed over without an answer: it may have arrived",
                since=row.since,
                event_id=row.event_id,
                customer_id=row.recipient_id,
                remedy=RESEND.format(id=row.id),
            )
            for row in session.execute(_STUCK)
        ]

    def heal(self, _session: Session) -> int:
        """Leave them: what was read twice cannot be unread."""
        return 0


class Undispatched:
    """Mails that are due for long: no dispatcher runs."""

    def find(self, session: Session) -> Sequence[Finding]:
        """Name them."""
        return [
            Finding(
                kind="delivery_waits",
                detail="due for long, and nobody has tried",
                since=row.next_attempt_at,
                event_id=row.event_id,
                customer_id=row.recipient_id,
                remedy=DISPATCHER,
            )
            for row in session.execute(_WAITING)
        ]

    def heal(self, _session: Session) -> int:
        """Nothing to make: a dispatcher sends them."""
        return 0


class Unaddressed:
    """What is for the owner of a shop of which nothing was ever heard."""

    def find(self, session: Session) -> Sequence[Finding]:
        """Name it."""
        return [
            Finding(
                kind="message_unaddressed",
                detail=f"nothing is known of vendor {row.vendor_id}, so its owner cannot be told",
                since=row.arrived_at,
                event_id=row.event_id,
                remedy=RECONCILE,
            )
            for row in session.execute(_UNADDRESSED)
        ]

    def heal(self, session: Session) -> int:
        """Tell those whose shop is known by now."""
        return telling.address(session)


RECONCILIATIONS = (InDoubt(), Undispatched(), Unaddressed())
