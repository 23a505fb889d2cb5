"""A replay makes the same messages and sends nothing: the database itself refuses what would be sent."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.notifications.consumers import HANDLERS
from services.notifications.domain import telling
from services.notifications.projections import PROJECTIONS
from services.notifications.settings import Settings
from services.notifications.tests.test_consumers import events
from services.notifications.tests.world import LONG_AGO, approved, confirmed, created, envelope, erased
from shared.events.envelope import Envelope, encode
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.messaging.consumer import Consumer
from shared.messaging.intake import Delivery, Intake
from shared.messaging.replay.projection import Projection
from shared.messaging.replay.rebuild import Rebuild
from shared.messaging.replay.running import Replay, ReplayRefused
from shared.messaging.replay.selection import Selection
from shared.messaging.topology import Broker

TABLES = ("person", "vendor", "message", "delivery", "outbox")
REBUILT = [table for table in PROJECTIONS.tables if table.definition]


def hear(database: Database, envelopes: Sequence[Envelope[Any]]) -> None:
    """Take events through the inbox, as the consumer does."""
    consumer = Consumer("n", database.transaction, HANDLERS, Intake(Broker("amqp://nowhere"), "n", []))
    consumer.apply([Delivery(1, n, e.source, e.type, encode(e).encode(), dead=False) for n, e in enumerate(envelopes)])
    consumer.retry_due()


@pytest.fixture(scope="module")
def told(database: Database) -> Database:
    """A database whose inbox holds every kind of news, some people who changed and one who left."""
    owner, ada, left, vendor = new_id(), new_id(), new_id(), new_id()
    hear(
        database,
        [
            *(envelope(created(each, role=role), 1, LONG_AGO) for each, role in
              ((owner, "vendor"), (ada, "customer"), (left, "customer"), (new_id(), "admin"))),
            envelope(approved(owner, vendor=vendor)),
            *(envelope(event, 2) for event, _ in events(vendor, owner, ada)),
            envelope(confirmed(left)),
            erased(left),
        ],
    )  # fmt: skip
    return database


def rows(database: Database, table: str) -> list[str]:
    with database.transaction() as session:
        return list(session.scalars(text(f"SELECT t::text FROM {table} t ORDER BY 1")))  # noqa: S608


def replay(settings: Settings, handlers: Any = HANDLERS, jobs: int = 1) -> Replay:
    return Replay(settings.owner_database_url, handlers, PROJECTIONS, Selection(), jobs=jobs, batch=10)


def test_a_replay_makes_the_same_messages_and_sends_nothing(told: Database, settings: Settings) -> None:
    before = {table: rows(told, table) for table in TABLES}
    found = replay(settings).run()
    assert found.empty, found.counts
    assert found.counts["message"]["same"] == len(before["message"]) > 20
    assert {table: rows(told, table) for table in TABLES} == before


def test_messages_that_were_lost_are_made_again_and_not_sent_again(told: Database, settings: Settings) -> None:
    same = "SELECT id, event_id, kind, recipient_id, params, occurred_at FROM message ORDER BY id"
    with told.transaction() as session:
        session.execute(text("UPDATE message SET read_at = now() WHERE kind = 'part_shipped'"))
        before, sent = session.execute(text(same)).all(), rows(told, "delivery")
        session.execute(text("DELETE FROM message WHERE kind IN ('order_confirmed', 'stock_low')"))
    again = replay(settings)
    found = again.run()
    assert (found.counts["message"]["insert"], found.counts["message"]["change"]) == (2, 0)
    again.apply(found.digest)
    with told.transaction() as session:
        assert session.execute(text(same)).all() == before
    assert rows(told, "delivery") == sent


def test_what_was_read_and_purged_is_not_brought_back(told: Database, settings: Settings) -> None:
    with told.transaction() as session:
        purged = text("DELETE FROM message WHERE kind = 'part_packed' RETURNING id")
        key = session.scalars(purged).one()
        session.execute(text("INSERT INTO purged_message VALUES (:id)"), {"id": key})
    assert replay(settings).run().empty


def test_a_handler_that_sends_in_a_replay_is_refused_by_the_database(
    told: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with told.transaction() as session:
        session.execute(text("DELETE FROM message WHERE kind = 'order_cancelled'"))
        session.execute(text("DELETE FROM delivery WHERE kind = 'order_cancelled'"))
    monkeypatch.setattr(telling, "is_replaying", lambda _: False)
    with pytest.raises(ReplayRefused, match="a replay may not write to delivery"):
        replay(settings).run()
    assert not [row for row in rows(told, "delivery") if ",order_cancelled," in row]


def test_not_even_by_its_full_name(told: Database, settings: Settings) -> None:
    with replay(settings).shadow.engine.connect() as connection, Session(connection) as session:
        for statement in (
            "UPDATE public.delivery SET state = 'due'",
            "DELETE FROM public.delivery",
            "INSERT INTO public.delivery SELECT * FROM public.delivery LIMIT 0",
        ):
            with pytest.raises(DBAPIError, match="a replay may not write to delivery"):
                session.execute(text(statement))
            session.rollback()


@pytest.mark.parametrize("table", REBUILT, ids=lambda table: table.table)
def test_a_replica_made_from_its_definition_is_the_one_that_the_handlers_wrote(
    told: Database, settings: Settings, table: Projection
) -> None:
    found = Rebuild(settings.owner_database_url, table).run(swap=True)
    assert found.difference.empty, found.examples
    assert found.rows == len(rows(told, table.table)) > 0
