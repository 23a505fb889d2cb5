"""From the commit of a mapping in vendor to the commit that lets catalog show it, at a steady pace."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text

from benchmarks import contestants, people
from benchmarks.stage import Stage, Store
from benchmarks.timing import Table, wait_for
from deploy.local import processes
from services.catalog.consumers import HANDLERS
from services.vendor.domain.claims import Claim
from services.vendor.domain.invites import Source
from services.vendor.domain.settling import settle
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.messaging.doorbell import Doorbell
from shared.messaging.outbox import DOORBELL
from shared.messaging.topology import declare_consumer

PER_SECOND = 60
WARM_UP_SECONDS = 3.0
_MAPPED = "SELECT customer_id, pg_xact_commit_timestamp(xmin) FROM vendor_customer WHERE customer_id = ANY(:customers)"
_SHOWN = "SELECT customer_id, pg_xact_commit_timestamp(xmin) FROM link WHERE linked AND customer_id = ANY(:customers)"


def measure(stage: Stage, seconds: float, say: Callable[[str], None]) -> list[float]:
    """Milliseconds for each mapping of `seconds`, made at random moments, `PER_SECOND` on average.

    What a customer sees is decided by the rows of `link` as they are, so that they see it once that row is committed.
    """
    say(f"{PER_SECOND} mappings a second for {seconds:.0f} s")
    with stage.database("vendor") as vendor, stage.database("catalog") as catalog:
        tokens = people.invite(vendor)
        with _running(stage, vendor, catalog) as database:
            _until_shown(catalog, _link(database, tokens, WARM_UP_SECONDS))
            linked = _link(database, tokens, seconds)
            _until_shown(catalog, linked)
        begun, shown = _commits(vendor, _MAPPED, linked), _commits(catalog, _SHOWN, linked)
    return [(shown[each] - begun[each]).total_seconds() * 1000 for each in linked]


@contextmanager
def _running(stage: Stage, vendor: Store, catalog: Store) -> Iterator[Database]:
    """Vendor's relay and catalog's consumer, and vendor's database with the doorbell, as its consumer has it."""
    broker, bell = stage.broker(), f"127.0.0.1:{processes.free_port()}"
    with broker.connect() as connection:
        declare_consumer(connection, broker, "catalog", list(HANDLERS))
    with ExitStack() as stack:
        for store, process in ((catalog, "consumer"), (vendor, "relay")):
            environment = store.environment(broker, RELAY_DOORBELL=bell if process == "relay" else "")
            stack.enter_context(stage.running(contestants.ours(store.service, process), environment))
        database = Database(vendor.names.url, application_name="bench", session_info={DOORBELL: Doorbell(bell)})
        stack.callback(database.dispose)
        yield database


def _link(database: Database, tokens: list[str], seconds: float) -> list[UUID]:
    """Put people on lists at their moments, late ones at once."""
    linked: list[UUID] = []
    moments, begun = random.Random(1), time.monotonic()
    due = begun
    while due < begun + seconds:
        time.sleep(max(due - time.monotonic(), 0))
        customer, token = new_id(), tokens[len(linked) % len(tokens)]
        with database.transaction() as session:
            settle(session, [Claim(new_id(), customer, token, datetime.now(UTC), Source.ACCEPTANCE)])
        linked.append(customer)
        due += moments.expovariate(PER_SECOND)
    return linked


def _until_shown(catalog: Store, linked: list[UUID]) -> None:
    wait_for(Table(catalog, "link", f"customer_id = '{linked[-1]}'"), 1, [], [])


def _commits(store: Store, query: str, customers: list[UUID]) -> dict[UUID, datetime]:
    with store.engine.connect() as connection:
        rows = connection.execute(text(query), {"customers": customers}).all()
    if len(rows) != len(customers):
        raise RuntimeError(f"{len(customers)} were put on lists, {store.service} knows {len(rows)}")
    return {row[0]: row[1] for row in rows}
