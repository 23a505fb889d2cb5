"""The service's own consumer and its emptied tables: what tests of replays begin with."""

from typing import Any

from sqlalchemy import text

from services.catalog.consumers import HANDLERS
from services.catalog.projections import PROJECTIONS
from services.catalog.settings import Settings
from shared.events.envelope import Envelope, encode
from shared.kit.database import Database
from shared.messaging.consumer import Consumer
from shared.messaging.intake import Delivery, Intake
from shared.messaging.replay.running import Replay
from shared.messaging.replay.selection import Selection
from shared.messaging.topology import Broker

TABLES = "vendor, vendor_status, link, link_change"


def empty(settings: Settings) -> None:
    """Leave nothing behind of what the test before has written: no row, and no shadow."""
    owner = Database(settings.owner_database_url, application_name="emptying")
    with owner.transaction() as session:
        for shadow in session.scalars(text("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'replay_')")):
            session.execute(text(f"DROP SCHEMA {shadow} CASCADE"))
        session.execute(text(f"TRUNCATE {TABLES}, inbox, outbox CASCADE"))
    owner.dispose()


class Shop:
    """The service's own consumer, to be told what vendor says."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.owner_url = database, settings.owner_database_url
        self.consumer = Consumer("catalog", database.transaction, HANDLERS, Intake(Broker("amqp://nowhere"), "c", []))

    def tell(self, *events: Envelope[Any]) -> None:
        self.consumer.apply(
            [Delivery(1, n, e.source, e.type, encode(e).encode(), dead=False) for n, e in enumerate(events)]
        )

    def do(self, statement: str, **parameters: Any) -> None:
        with self.database.transaction() as session:
            session.execute(text(statement), parameters)

    def rows(self, table: str) -> list[str]:
        with self.database.transaction() as session:
            return list(session.scalars(text(f"SELECT t::text FROM {table} t ORDER BY 1")))  # noqa: S608

    def replay(self, **selection: Any) -> Replay:
        return Replay(self.owner_url, HANDLERS, PROJECTIONS, Selection(**selection), jobs=1, batch=100)
