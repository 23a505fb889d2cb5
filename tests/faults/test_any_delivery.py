"""Every event 1 to 10 times and shuffled: the rows are those of the orderly delivery, byte for byte.

Only who took the last uses of a limited link may differ, since arrival decides that; how many did may not.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.identity.domain import emails, erasure, users
from services.identity.domain.users import Registration
from services.vendor.consumers import HANDLERS
from services.vendor.domain import links, vendors
from services.vendor.domain.links import NewLink
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.messaging.consumer import Consumer
from shared.messaging.intake import Delivery, Intake
from shared.messaging.topology import Broker
from tests.faults.conftest import Settled
from tests.faults.crowd import HASH
from tests.integration.marketplace import Marketplace, fresh_email

PEOPLE, LIMIT = 300, 20
EVERYTHING = {
    "customer": "*",
    "vendor_customer": "*",
    "vendor_customer_removal": "*",
    "invite_outcome": "event_id, customer_id, token, vendor_id, invite_token_id, vendor_customer_id, source, outcome, "
    "occurred_at",
    "inbox": "event_id, aggregate_id AS customer_id, status, envelope::text",
    "outbox": "type, aggregate_version, occurred_at, envelope ->> 'subject', envelope -> 'data' ->> 'customer_id' "
    "AS customer_id, (envelope -> 'data')::text",
}
"""What is compared of each table: all but what the clock or the order of arrival gives by right."""


class Story(NamedTuple):
    """All that identity said, in order, and who used the limited link."""

    bodies: Sequence[bytes]
    contested: frozenset[str]
    registrations: int


@pytest.fixture(scope="module")
def consumer(quiet_marketplace: Marketplace) -> Consumer:
    """Vendor's consumer, given deliveries by hand."""
    intake = Intake(Broker("amqp://nowhere"), "vendor", [])
    return Consumer("vendor", quiet_marketplace.vendor.db.transaction, HANDLERS, intake)


@pytest.fixture(scope="module")
def story(quiet_marketplace: Marketplace) -> Story:
    """People register with all kinds of tokens; some are renamed, some leave."""
    open_one, limited = _links(quiet_marketplace.vendor.db)
    tokens = [open_one] * 4 + [limited] * 2 + ["nobody-made-this", None]
    contested = set()
    with quiet_marketplace.identity.db.transaction() as session:
        for number in range(PEOPLE):
            token = tokens[number % len(tokens)]
            person = Registration(
                email=emails.parse(fresh_email("p")), name=f"Person {number}", password_hash=HASH, invite_token=token
            )
            user = users.register(session, person)
            if token == limited:
                contested.add(str(user.id))
            if number % 3 == 0:
                users.change(session, user.id, {"name": f"Renamed {number}"})
            if number % 7 == 0:
                erasure.erase(session, user.id)
        bodies = session.scalars(text("SELECT envelope::text FROM outbox ORDER BY seq")).all()
    with_token = sum(tokens[number % len(tokens)] is not None for number in range(PEOPLE))
    return Story([body.encode() for body in bodies], frozenset(contested), with_token)


def _links(db: Database) -> tuple[str, str]:
    with db.transaction() as session:
        now = datetime.now(UTC)
        vendor = vendors.create(session, new_id(), "Vendor A", commission_bps=1000, now=now)
        return tuple(  # type: ignore[return-value]
            links.create(session, vendor, NewLink(max_uses=uses), now).link.token for uses in (None, LIMIT)
        )


@pytest.fixture(scope="module")
def orderly(story: Story, consumer: Consumer) -> tuple[dict[str, Any], Sequence[Any]]:
    """The tables after every event came once, in order."""
    return _deliver(consumer, [[body] for body in story.bodies], story)


class Tally:
    """How often how many registrations were delivered."""

    examples = 0
    deliveries = 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1), largest=st.integers(1, 400))
def test_any_delivery_ends_in_the_same_rows(
    consumer: Consumer,
    story: Story,
    orderly: tuple[dict[str, Any], Sequence[Any]],
    seed: int,
    largest: int,
) -> None:
    chance = random.Random(seed)
    many = [body for body in story.bodies for _ in range(chance.randint(1, 10))]
    chance.shuffle(many)
    batches, start = [], 0
    while start < len(many):
        end = start + chance.randint(max(1, largest // 2), largest)
        batches.append(many[start:end])
        start = end
    Tally.examples += 1
    Tally.deliveries += len(many)
    assert _deliver(consumer, batches, story) == orderly


def test_the_books_of_the_last_delivery_balance(
    quiet_marketplace: Marketplace, consumer: Consumer, story: Story, settled: Settled
) -> None:
    with quiet_marketplace.identity.db.transaction() as session:
        session.execute(text("UPDATE outbox SET published_at = now(), log_position = seq"))
        session.execute(
            text(
                "UPDATE user_account SET invite_token = 'erased' WHERE erased_at IS NOT NULL AND id IN "
                "(SELECT aggregate_id FROM outbox WHERE envelope -> 'data' -> 'metadata' ->> 'invite_token' "
                "IS NOT NULL)"
            )
        )
    found = settled(quiet_marketplace, examples=Tally.examples, deliveries=Tally.deliveries)
    assert found.registrations == story.registrations


def _deliver(
    consumer: Consumer, batches: Sequence[Sequence[bytes]], story: Story
) -> tuple[dict[str, Any], Sequence[Any]]:
    """Deliver to emptied tables; the rows of everybody but the contestants, and how the contest ended."""
    with consumer.transaction() as session:
        for table in EVERYTHING:
            session.execute(text(f"DELETE FROM {table}"))
    for batch in batches:
        consumer.apply([Delivery(1, 1, "identity", "customer", body, dead=False) for body in batch])
    with consumer.transaction() as session:
        state = {
            table: session.execute(text(f"SELECT {what} FROM {table}")).mappings().all()
            for table, what in EVERYTHING.items()
        }
        ends = session.execute(
            text("SELECT token, outcome, count(*) FROM invite_outcome GROUP BY 1, 2 ORDER BY 1, 2")
        ).all()
    return {table: _uncontested(rows, story) for table, rows in state.items()}, [tuple(row) for row in ends]


def _uncontested(rows: Sequence[Any], story: Story) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows if str(row.get("customer_id")) not in story.contested)
