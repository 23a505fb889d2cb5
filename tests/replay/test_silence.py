"""A replay is heard by nobody: no message, no news in the outbox, no connection to the broker, nothing elsewhere."""

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from kombu import Queue
from sqlalchemy import text

from deploy.local.processes import free_port
from services.vendor.tests.shop import Shop
from shared.kit.database import Database
from shared.messaging.doorbell import Chime
from shared.messaging.relay import Pace, Relay
from shared.messaging.topology import Broker, declare_publisher
from tests.eventually import eventually
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.plugin import ServiceDatabase
from tests.replay.conftest import Command

MADE = {"customer", "vendor_customer", "vendor_customer_removal", "invite_outcome"}
"""The tables that the handlers write."""


@pytest.fixture(scope="module")
def identity(service_database: ServiceDatabase) -> TestDatabase:
    return service_database("identity")


@pytest.fixture
def overheard(at: TestDatabase, broker_url: str, broker_namespace: str) -> Iterator[Callable[[], int]]:
    """The vendor service's relay at work, and how many messages have come to its exchange."""
    broker = Broker(broker_url, broker_namespace)
    everything = Queue(f"{broker_namespace}.all", broker.exchange("vendor"), "#", durable=True)
    with broker.connect() as connection:
        declare_publisher(connection, broker, "vendor")
        everything(connection.default_channel).declare()
    database = Database(at.url, application_name="vendor-relay")
    relay = Relay("vendor", database.engine, broker, Chime(None), Pace(poll=0.02))
    working = threading.Thread(target=relay.run)
    working.start()

    def count() -> int:
        with broker.connect() as connection:
            return int(everything(connection.default_channel).queue_declare(passive=True).message_count)

    yield count
    relay.stop.set()
    working.join(10)
    relay.chime.close()
    database.dispose()
    with broker.connect() as connection:
        everything(connection.default_channel).delete()


@pytest.fixture
def nobody() -> Iterator[socket.socket]:
    """A broker that must not be called."""
    with socket.create_server(("127.0.0.1", free_port())) as listening:
        listening.setblocking(False)
        yield listening


def hashes(at: TestDatabase) -> dict[str, str]:
    """Of every table of a database, a digest of all its rows."""
    database = Database(at.superuser_url, application_name="hashes")
    with database.transaction() as session:
        tables = session.scalars(text("SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public'")).all()
        found = {}
        for table in sorted(tables):
            rows = session.scalars(text(f"SELECT t::text FROM public.{table} t ORDER BY 1"))
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    database.dispose()
    return found


def test_a_replay_that_mends_tells_nobody(
    shop: Shop, at: TestDatabase, identity: TestDatabase, overheard: Callable[[], int], nobody: socket.socket,
    vendor_command: Command,
) -> None:  # fmt: skip
    people = shop.register(20)
    eventually(lambda: _assert_equal(overheard(), 20))
    whole, elsewhere = hashes(at), hashes(identity)
    lose(shop, people)
    closed = {"BROKER_URL": f"amqp://127.0.0.1:{nobody.getsockname()[1]}//"}
    shown = vendor_command(at, "replay", **closed)
    assert shown.returncode == 3, shown.stderr
    assert max(map(len, shown.stdout.splitlines())) <= 80, shown.stdout
    digest = shown.stdout.split("--apply ")[1].split()[0]
    applied = vendor_command(at, "replay", "--apply", digest, **closed)
    assert applied.stdout == "written: 2 of invite_outcome, 1 of customer, 3 of vendor_customer\n"
    again = vendor_command(at, "replay", **closed)
    assert again.returncode == 0, again.stdout
    after = hashes(at)
    assert {table for table, digest in after.items() if digest != whole[table]} <= {"invite_outcome"}
    assert after["outbox"] == whole["outbox"]
    assert hashes(identity) == elsewhere
    assert overheard() == 20
    with pytest.raises(BlockingIOError):
        nobody.accept()


def lose(shop: Shop, people: list[UUID]) -> None:
    """Mappings, outcomes and a name: some of each, in part of the same people. What is judged anew is decided now."""
    shop.do("DELETE FROM vendor_customer WHERE customer_id = ANY(CAST(:who AS uuid[]))", who=_texts(people[:3]))
    shop.do("DELETE FROM invite_outcome WHERE customer_id = ANY(CAST(:who AS uuid[]))", who=_texts(people[2:4]))
    shop.do("UPDATE customer SET name = 'Wrong' WHERE id = :who", who=people[5])


def _texts(people: list[UUID]) -> list[str]:
    return [str(person) for person in people]


def _assert_equal(found: int, wanted: int) -> None:
    assert found == wanted
