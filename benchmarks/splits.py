"""The split of an order of eight items and four parts, alone: our statement, the ORM's unit of work, and pgbench."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psutil
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from benchmarks.goods import ADDRESS
from benchmarks.stage import Stage, Store
from benchmarks.timing import cpu_seconds
from deploy.local.postgres import binaries
from services.ordering.domain import carts, confirming
from services.ordering.domain.carts import Owner
from services.ordering.domain.confirming import Confirmation
from services.ordering.domain.placing import Rules, Wanted, place
from services.ordering.models import (
    Commission,
    CustomerOrder,
    OrderItem,
    OrderSaga,
    SagaStep,
    VendorOrder,
    VendorOrderCount,
)
from shared.events.ids import derived_id, new_id
from shared.kit.database import Database

OURS, ORM, PGBENCH = "split statement", "ORM unit of work", "limit: the statement by pgbench"
GONE_SECONDS = 1.0
"""After which pgbench's server process has ended, and its CPU time is known."""
_TODO = """
    CREATE TABLE todo (n bigint PRIMARY KEY, rows json NOT NULL);
    CREATE SEQUENCE todo_next;
    GRANT SELECT ON todo TO PUBLIC;
    GRANT USAGE ON todo_next TO PUBLIC
"""
_NEXT = "(SELECT rows FROM todo WHERE n = (SELECT nextval('todo_next')))"
"""Which order pgbench is to split: it gets no values from outside."""


class Split(NamedTuple):
    """Orders a second over one connection, each in a transaction of its own, and the CPU time of one in ms."""

    rate: float
    cpu: float


def measure(stage: Stage, store: Store, wanted: list[dict[str, int]], count: int) -> dict[str, Split]:
    """Split so many orders each way; what is prepared for it does not count."""
    database = Database(store.names.url, application_name="split")
    try:
        found = {}
        for name, run in ((OURS, _ours), (ORM, _orm), (PGBENCH, _pgbench)):
            orders = _pending(database, wanted, count)
            with _told(store, orders) if name == PGBENCH else _nothing():
                store.vacuum()
                found[name] = run(stage, database, store, orders)
        return found
    finally:
        database.dispose()


def _pending(database: Database, wanted: list[dict[str, int]], count: int) -> list[Confirmation]:
    """Orders that were placed and wait."""
    now, rules = datetime.now(UTC), Rules(None, timedelta(hours=1))
    made = []
    for number in range(count):
        lines, who = wanted[number % len(wanted)], new_id()
        with database.transaction() as session:
            carts.put(session, Owner(who), {UUID(key): many for key, many in lines.items()}, now)
            session.flush()
            made.append(place(session, who, Wanted(ADDRESS), rules, now).id)
    return [Confirmation(order_id, now, new_id(), "All of its stock is reserved.") for order_id in made]


def _ours(stage: Stage, database: Database, _: Store, orders: list[Confirmation]) -> Split:
    return _timed(stage, database, orders, lambda session, one: confirming.write(session, [one]))


def _orm(stage: Stage, database: Database, _: Store, orders: list[Confirmation]) -> Split:
    return _timed(stage, database, orders, _as_objects)


def _timed(
    stage: Stage, database: Database, orders: list[Confirmation], act: Callable[[Session, Confirmation], Any]
) -> Split:
    pids = [psutil.Process().pid, stage.servers[0]]
    before, began = cpu_seconds(pids), time.perf_counter()
    for order in orders:
        with database.transaction() as session:
            act(session, order)
    seconds = time.perf_counter() - began
    return Split(len(orders) / seconds, (cpu_seconds(pids) - before) / len(orders) * 1000)


def _pgbench(stage: Stage, _: Database, store: Store, orders: list[Confirmation]) -> Split:
    script = stage.folder / "split.sql"
    script.write_text(" ".join(confirming.SPLIT.replace(":rows", _NEXT).split()) + ";\n")
    url = store.names.url.replace("postgresql+psycopg2", "postgresql")
    command = [str(binaries() / "pgbench"), "-n", "-M", "prepared", "-c1", f"-t{len(orders)}", f"-f{script}", url]
    before = cpu_seconds([stage.servers[0]])
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    time.sleep(GONE_SECONDS)
    spent = cpu_seconds([stage.servers[0]]) - before
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if rate is None:
        raise RuntimeError(done.stdout + done.stderr)
    return Split(float(rate[1]), spent / len(orders) * 1000)


@contextmanager
def _told(store: Store, orders: list[Confirmation]) -> Iterator[None]:
    """The orders as rows that pgbench reads one after the other."""
    rows = [{"n": number, "rows": orjson.dumps([_row(one)]).decode()} for number, one in enumerate(orders, 1)]
    with store.engine.begin() as connection:
        for statement in _TODO.split(";"):
            connection.execute(text(statement))
        connection.execute(text("INSERT INTO todo (n, rows) VALUES (:n, CAST(:rows AS json))"), rows)
    yield
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE todo"))
        connection.execute(text("DROP SEQUENCE todo_next"))


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _row(one: Confirmation) -> dict[str, Any]:
    return {**one._asdict(), "step_id": derived_id(one.cause_id, "saga_step")}


def _as_objects(session: Session, one: Confirmation) -> None:
    """The same rows as objects: read the order, make its parts and items, and let the session write them."""
    order = session.get_one(CustomerOrder, one.order_id, with_for_update=True)
    saga = session.get_one(OrderSaga, order.id)
    saga.state, saga.since, saga.deadline = "confirmed", one.at, None
    step = derived_id(one.cause_id, "saga_step")
    session.add(SagaStep(id=step, order_id=order.id, step="confirmed", at=one.at, cause_id=one.cause_id, why=one.why))
    for part in order.plan["parts"]:
        session.add(_part(session, order, part, one.at))
        session.flush()
        session.add(_charged(part, order.currency, one.at))
    for item in order.plan["items"]:
        session.add(OrderItem(**item))
    session.flush()
    order.status, order.decided_at, order.version = "confirmed", one.at, order.version + 1


def _part(session: Session, order: CustomerOrder, part: dict[str, Any], at: datetime) -> VendorOrder:
    sums = {key: value for key, value in part.items() if key != "code"}
    number = f"VND-{part['code']}-{at:%Y%m%d}-{_counted(session, part['vendor_id'], at.date()):04}"
    about = {"order_id": order.id, "customer_id": order.customer_id, "currency": order.currency, "status": "pending"}
    return VendorOrder(**sums, **about, number=number, created_at=at, changed_at=at, version=1)


def _counted(session: Session, vendor: str, day: date) -> int:
    """The next number of a vendor's day."""
    ask = select(VendorOrderCount).where(VendorOrderCount.vendor_id == vendor, VendorOrderCount.day == day)
    count = session.scalar(ask.with_for_update())
    if count is None:
        count = VendorOrderCount(vendor_id=UUID(vendor), day=day, last=0)
        session.add(count)
    count.last += 1
    return count.last


def _charged(part: dict[str, Any], currency: str, at: datetime) -> Commission:
    same = {key: part[key] for key in ("vendor_id", "subtotal", "rate_version", "earnings")}
    charge = {"vendor_order_id": part["id"], "bps": part["commission_bps"], "amount": part["commission"]}
    return Commission(**same, **charge, kind="charged", currency=currency, at=at)
