"""The books: what identity promised, what vendor did about it, and whether anything was lost or doubled on the way."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from shared.kit.database import Database
from tests.eventually import eventually
from tests.integration.marketplace import Marketplace

SENT = text("""
    SELECT event_id, published_at IS NOT NULL AS published, unroutable FROM outbox WHERE type LIKE 'customer.%'
""")
RECEIVED = text("SELECT event_id, status FROM inbox WHERE type LIKE 'customer.%'")
PROMISED = text("SELECT id FROM user_account WHERE invite_token IS NOT NULL")
DECIDED = text("SELECT customer_id, vendor_id, outcome FROM invite_outcome WHERE source = 'registration'")
LISTED = text("SELECT customer_id, vendor_id FROM vendor_customer")
ANNOUNCED = text("""
    SELECT (data ->> 'customer_id')::uuid AS customer_id, (data ->> 'vendor_id')::uuid AS vendor_id
    FROM outbox, LATERAL (SELECT envelope -> 'data' AS data) AS told
    WHERE type IN ('vendor_customer.linked', 'vendor_invite.refused')
""")


@dataclass(frozen=True)
class Books:
    """Counts over both databases. `lost` and `doubled` are what must be nothing; the rest says where it went wrong."""

    registrations: int
    outcomes: int
    mappings: int
    lost: int
    doubled: int
    unpublished: int
    unroutable: int
    missing_in_inbox: int
    unhandled: int
    unannounced: int

    @property
    def settled(self) -> bool:
        """Whether every event has reached its end."""
        return not (self.unpublished or self.unroutable or self.missing_in_inbox or self.unhandled)

    @property
    def balanced(self) -> bool:
        """Whether every registration with a token has one outcome, one announcement, and its mapping if linked."""
        return not (self.lost or self.doubled or self.unannounced) and self.outcomes == self.registrations


def read(marketplace: Marketplace) -> Books:
    """Count, now."""
    promised, sent = _rows(marketplace.identity.db, PROMISED), _rows(marketplace.identity.db, SENT)
    decided, listed = _rows(marketplace.vendor.db, DECIDED), _rows(marketplace.vendor.db, LISTED)
    announced, received = _rows(marketplace.vendor.db, ANNOUNCED), _rows(marketplace.vendor.db, RECEIVED)
    linked = {(row.customer_id, row.vendor_id) for row in decided if row.outcome == "linked"}
    pairs = [tuple(row) for row in listed]
    known = {row.customer_id for row in decided}
    return Books(
        registrations=len(promised),
        outcomes=len(decided),
        mappings=len(pairs),
        lost=len({row.id for row in promised} - known) + len(linked - set(pairs)),
        doubled=len(decided) - len(known) + len(pairs) - len(set(pairs)) + len(announced) - len(set(announced)),
        unpublished=sum(not row.published for row in sent),
        unroutable=sum(row.unroutable for row in sent),
        missing_in_inbox=len({row.event_id for row in sent} - {row.event_id for row in received}),
        unhandled=sum(row.status != "handled" for row in received),
        unannounced=len(known - {row.customer_id for row in announced}),
    )


def settle(marketplace: Marketplace, timeout: float = 60) -> Books:
    """Wait until every event has reached its end; the books then, or as they were when time was over."""
    found: list[Books] = []

    def look() -> bool:
        found[:] = [read(marketplace)]
        return found[0].settled

    try:
        eventually(look, timeout=timeout, every=0.2)
    except AssertionError as late:
        raise AssertionError(f"not settled within {timeout} s: {asdict(found[0])}") from late
    return found[0]


def _rows(database: Database, query: Any) -> list[Any]:
    with database.transaction() as session:
        return list(session.execute(query).all())
