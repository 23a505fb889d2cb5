"""From the commit of a registration to the commit of its mapping, at a steady pace, on tables of a million rows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks import contestants, people
from benchmarks.crowd import crowd
from benchmarks.stage import Stage, Store
from benchmarks.timing import Table, wait_for
from deploy.local import processes
from services.identity.domain import users
from services.identity.domain.emails import Email
from services.identity.domain.users import Registration
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.messaging.doorbell import Doorbell
from shared.messaging.outbox import DOORBELL
from shared.messaging.topology import Broker

PER_SECOND = 60
WARM_UP_SECONDS = 3.0

_COMMITTED = "SELECT pg_xact_commit_timestamp(CAST(CAST(:xid AS text) AS xid))"
_MAPPED = "SELECT customer_id, pg_xact_commit_timestamp(xmin) FROM vendor_customer WHERE customer_id = ANY(:customers)"


def measure(stage: Stage, rows: int, seconds: float, say: Callable[[str], None]) -> list[float]:
    """Milliseconds for each registration of `seconds`, arriving at random moments, `PER_SECOND` on average."""
    broker = stage.broker()
    people.bind(broker)
    with stage.database("identity") as identity, stage.database("vendor") as vendor:
        tokens = people.invite(vendor)
        crowd(identity, vendor, rows, say)
        say(f"{PER_SECOND} registrations a second for {seconds:.0f} s")
        with _running(stage, broker, identity, vendor) as database:
            _until_mapped(vendor, _register(database, tokens, WARM_UP_SECONDS))
            registered = _register(database, tokens, seconds)
            _until_mapped(vendor, registered)
        return _latencies(identity, vendor, registered)


@contextmanager
def _running(stage: Stage, broker: Broker, identity: Store, vendor: Store) -> Iterator[Database]:
    """The relay and the consumer, and identity's database with the doorbell, as its web process has it."""
    bell = f"127.0.0.1:{processes.free_port()}"
    with ExitStack() as stack:
        for store, process in ((vendor, "consumer"), (identity, "relay")):
            environment = store.environment(broker, RELAY_DOORBELL=bell if process == "relay" else "")
            stack.enter_context(stage.running(contestants.ours(store.service, process), environment))
        database = Database(identity.names.url, application_name="bench", session_info={DOORBELL: Doorbell(bell)})
        stack.callback(database.dispose)
        yield database


def _until_mapped(vendor: Store, registered: list[tuple[UUID, str]]) -> None:
    last = f"customer_id = '{registered[-1][0]}'"
    wait_for(Table(vendor, "vendor_customer", last), 1, [], [])


def _register(database: Database, tokens: list[str], seconds: float) -> list[tuple[UUID, str]]:
    """Register people at their moments, late ones at once; each with the transaction that did it."""
    registered: list[tuple[UUID, str]] = []
    moments, begun = random.Random(1), time.monotonic()
    due = begun
    while due < begun + seconds:
        time.sleep(max(due - time.monotonic(), 0))
        with database.transaction() as session:
            registered.append(_person(session, tokens[len(registered) % len(tokens)]))
        due += moments.expovariate(PER_SECOND)
    return registered


def _person(session: Session, token: str) -> tuple[UUID, str]:
    address = f"{new_id().hex}@shop.example"
    wanted = Registration(email=Email(address, address), name="Somebody", password_hash="-", invite_token=token)
    user = users.register(session, wanted)
    return user.id, str(session.scalar(text("SELECT CAST(CAST(pg_current_xact_id() AS xid) AS text)")))


def _latencies(identity: Store, vendor: Store, registered: list[tuple[UUID, str]]) -> list[float]:
    with identity.engine.connect() as connection:
        begun = {who: connection.scalar(text(_COMMITTED), {"xid": xid}) for who, xid in registered}
    with vendor.engine.connect() as connection:
        rows = connection.execute(text(_MAPPED), {"customers": list(begun)}).all()
    if len(rows) != len(registered):
        raise RuntimeError(f"{len(registered)} registered, {len(rows)} mapped")
    return [(mapped - begun[who]).total_seconds() * 1000 for who, mapped in rows]
