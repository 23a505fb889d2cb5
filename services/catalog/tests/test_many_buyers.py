"""Five hundred buyers at once for a hundred units: a hundred get one, nobody waits in a circle, nothing is negative.

`BUYERS=500 SEEDS=20` makes it the big one.
"""

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import text

from services.catalog.consumers import HANDLERS
from services.catalog.domain import stock
from services.catalog.domain.stock import Change
from services.catalog.tests.building import NOON
from services.catalog.tests.stocking import SOMEBODY, asked, confirmed, given_back, stocked
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.kit.database import Database
from shared.messaging.handlers import run_handlers

BUYERS, SEEDS, THREADS = int(os.environ.get("BUYERS", "100")), int(os.environ.get("SEEDS", "2")), 8
UNITS = BUYERS // 5


def at_once(database: Database, events: list[Envelope[Event]], *, most: int) -> None:
    """Many consumers, each applying batches of up to `most` events that it takes as they come."""
    left, lock, start = list(events), threading.Lock(), threading.Barrier(THREADS)

    def consume(seed: int) -> None:
        draw = random.Random(seed)
        start.wait()
        while True:
            with lock:
                batch = [left.pop() for _ in range(min(len(left), draw.randint(1, most)))]
            if not batch:
                return
            with database.transaction() as session:
                run_handlers(HANDLERS, session, batch)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(consume, range(THREADS)))


def count(database: Database, question: str, product: UUID | None = None) -> int:
    with database.transaction() as session:
        return int(session.scalar(text(question), {"id": product}) or 0)


REPLIES = "SELECT count(*) FROM outbox WHERE type = 'stock.{}' AND (envelope->'data'->>'order_id')::uuid IN (SELECT"
OF_PRODUCT = " order_id FROM stock_reservation_line WHERE product_id = :id)"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_as_many_are_put_aside_as_there_are(database: Database, seed: int) -> None:
    with database.transaction() as session:
        bowl = stocked(session, UNITS).id
    orders = [asked({bowl: 1}) for _ in range(BUYERS)]
    random.Random(seed).shuffle(orders)
    at_once(database, [*orders, *orders[: BUYERS // 10]], most=1 if seed % 2 else 7)
    assert count(database, "SELECT reserved FROM stock WHERE product_id = :id", bowl) == UNITS
    assert count(database, REPLIES.format("reserved") + OF_PRODUCT, bowl) == UNITS
    ids = "'" + "','".join(str(order.event.order_id) for order in orders) + "'"
    answered = f"SELECT count(*) FROM outbox WHERE aggregate_id IN ({ids})"  # noqa: S608
    assert count(database, answered) == BUYERS


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nobody_waits_in_a_circle_and_the_sums_hold(database: Database, seed: int) -> None:
    """Orders of many products, asked for, confirmed, given back and counted at the same time, in any order."""
    draw = random.Random(seed)
    with database.transaction() as session:
        products = [stocked(session, UNITS).id for _ in range(5)]
    events: list[Envelope[Event]] = []
    for _ in range(BUYERS // 2):
        wanted = {each: draw.randint(1, 3) for each in draw.sample(products, draw.randint(1, 4))}
        order = asked(wanted)
        number = order.event.order_id
        events += [order, draw.choice([confirmed(number), given_back(number), given_back(number, wanted)])]
    draw.shuffle(events)
    stop = threading.Event()

    def count_goods() -> None:
        while not stop.is_set():
            with database.transaction() as session:
                stock.change(session, draw.choice(products), Change("receipt", 1), SOMEBODY, NOON)

    with ThreadPoolExecutor(1) as vendor:
        counting = vendor.submit(count_goods)
        try:
            at_once(database, events, most=9)
        finally:
            stop.set()
        counting.result()
    assert count(database, WRONG_SUMS) == 0
    assert count(database, WRONG_HELD) == 0
    assert count(database, WRONG_LISTINGS) == 0


WRONG_SUMS = """
    SELECT count(*) FROM stock s
    JOIN (SELECT product_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved FROM stock_movement GROUP BY 1) m
         USING (product_id)
    WHERE (s.on_hand, s.reserved) <> (m.on_hand, m.reserved) OR s.reserved > s.on_hand
"""
WRONG_HELD = """
    SELECT count(*) FROM stock s LEFT JOIN (
        SELECT product_id, sum(quantity - released - expired) AS held FROM stock_reservation_line
        JOIN stock_reservation USING (order_id) WHERE state IN ('held', 'released', 'expired') GROUP BY 1
    ) r USING (product_id) WHERE s.reserved <> coalesce(r.held, 0)
"""
WRONG_LISTINGS = "SELECT count(*) FROM stock s JOIN listing USING (product_id) WHERE available <> on_hand - reserved"
