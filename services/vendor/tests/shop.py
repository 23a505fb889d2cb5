"""Vendor A with a link and the service's own consumer: what tests of replays and exports begin with."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.vendor.consumers import HANDLERS
from services.vendor.projections import PROJECTIONS
from services.vendor.settings import Settings
from services.vendor.tests.building import HOUR, NOON, created, invite, vendor
from shared.events.envelope import Envelope, encode
from shared.kit.database import Database
from shared.messaging.consumer import Consumer
from shared.messaging.intake import Delivery, Intake
from shared.messaging.replay.running import Replay
from shared.messaging.replay.selection import Selection
from shared.messaging.topology import Broker

TABLES = (
    "vendor, vendor_status, vendor_invite_token, vendor_customer, vendor_customer_removal, invite_outcome, customer"
)


def empty(settings: Settings) -> None:
    """Leave nothing behind of what the test before has written: no row, and no shadow."""
    owner = Database(settings.owner_database_url, application_name="emptying")
    with owner.transaction() as session:
        for shadow in session.scalars(text("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'replay_')")):
            session.execute(text(f"DROP SCHEMA {shadow} CASCADE"))
        session.execute(text(f"TRUNCATE {TABLES}, inbox, outbox CASCADE"))
    owner.dispose()


class Shop:
    """Vendor A with a link, and the service's own consumer to be told who registers."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.owner_url = database, settings.owner_database_url
        self.consumer = Consumer("vendor", database.transaction, HANDLERS, Intake(Broker("amqp://nowhere"), "v", []))
        with database.transaction() as session:
            self.vendor = vendor(session)
            self.link = invite(session, self.vendor, expires_at=NOON + HOUR)

    def tell(self, *events: Envelope[Any]) -> None:
        self.consumer.apply(
            [Delivery(1, n, e.source, e.type, encode(e).encode(), dead=False) for n, e in enumerate(events)]
        )

    def register(self, count: int) -> list[UUID]:
        events = [created(self.link.token) for _ in range(count)]
        self.tell(*events)
        return [event.event.customer_id for event in events]

    def do(self, statement: str, **parameters: Any) -> None:
        with self.database.transaction() as session:
            session.execute(text(statement), parameters)

    def rows(self, table: str) -> list[str]:
        with self.database.transaction() as session:
            return list(session.scalars(text(f"SELECT t::text FROM {table} t ORDER BY 1")))  # noqa: S608

    def replay(self, handlers: Any = HANDLERS, jobs: int = 1, batch: int = 100, **selection: Any) -> Replay:
        return Replay(self.owner_url, handlers, PROJECTIONS, Selection(**selection), jobs=jobs, batch=batch)
