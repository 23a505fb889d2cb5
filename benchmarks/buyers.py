"""Buyers: each fills a cart through the gateway, orders it, waits until the order stands, and begins again.

Reads `{"port", "database", "tokens": [one for each buyer], "carts", "address", "seconds"}` as JSON from standard input
and prints `{"orders": [[id, moment the order was sent, ms to its 202]], "began", "ended", "cpu", "refused"}` as JSON.
One process with keep-alive sockets; whether orders stand is looked up in the database, all of them at once.
"""

from __future__ import annotations

import json
import select
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from uuid import uuid4

import psycopg2

from benchmarks.load import Connection

LOOK_SECONDS = 0.01
"""How often it is looked whether an order stands; how long that took is told by the database afterwards."""
_STAND = """
    PREPARE stand AS SELECT order_id::text FROM saga_step WHERE order_id = ANY($1::uuid[]) AND step = 'confirmed'
"""
"""Planned once, so that looking costs the server little of what is measured there."""


class Buyer:
    """One customer and their connection. `order_id` is set while they wait for an order to stand."""

    def __init__(self, port: int, token: str, carts: Iterator[dict[str, int]], address: dict[str, str]) -> None:
        self.connection, self._token, self._carts = Connection(port), token, carts
        self._order = json.dumps({"shipping_address": address}).encode()
        self.order_id: str | None = None
        self._ordering, self._sent_at = False, 0.0

    def fill(self) -> None:
        """Have another cart."""
        self._ordering, self.order_id = False, None
        lines = [{"product_id": key, "quantity": many} for key, many in next(self._carts).items()]
        self._send("PUT /api/cart", json.dumps({"items": lines}).encode())

    def answered(self, refused: Counter[str]) -> tuple[str, float, float] | None:
        """Go on after an answer: from the cart to the order; of a taken order its id, moment and milliseconds."""
        took = (time.perf_counter() - self.connection.asked_at) * 1000
        status, body = self.connection.status, self.connection.received
        if self.connection.ends:
            self.connection.socket.close()
            self.connection.open()
        if status != (202 if self._ordering else 200):
            refused[f"{status} {body[-200:].decode(errors='replace')}"] += 1
            self.fill()
            return None
        if not self._ordering:
            self._ordering, self._sent_at = True, time.time()
            self._send("POST /api/orders", self._order, f"Idempotency-Key: {uuid4()}\r\n")
            return None
        self.order_id = str(json.loads(body[body.index(b"\r\n\r\n") :])["id"])
        return self.order_id, self._sent_at, took

    def _send(self, what: str, body: bytes, more: str = "") -> None:
        head = (
            f"{what} HTTP/1.1\r\nHost: shop.example\r\nAuthorization: Bearer {self._token}\r\n{more}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.connection.ask(head.encode() + body)


def buy(
    port: int, database: str, tokens: list[str], carts: list[dict[str, int]], address: dict[str, str], seconds: float
) -> dict[str, Any]:
    """Buy for so many seconds; what is begun by then is finished."""
    shared, refused = cycle(carts), Counter[str]()
    buyers = [Buyer(port, token, shared, address) for token in tokens]
    taken: list[tuple[str, float, float]] = []
    began, cpu, looked = time.time(), time.process_time(), 0.0
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(_STAND)
        for buyer in buyers:
            buyer.fill()
        while buyers:
            numbers = {buyer.connection.socket.fileno(): buyer for buyer in buyers if buyer.order_id is None}
            whole = [numbers[number] for number in _readable(numbers) if numbers[number].connection.answered()]
            taken += [order for buyer in whole if (order := buyer.answered(refused))]
            if time.time() - looked > LOOK_SECONDS:
                stand, looked = _standing(cursor, buyers), time.time()
                for buyer in [each for each in buyers if each.order_id in stand]:
                    buyer.fill() if looked - began < seconds else buyers.remove(buyer)
    ended, spent = time.time(), time.process_time() - cpu
    return {"orders": taken, "began": began, "ended": ended, "cpu": spent, "refused": refused}


def _readable(numbers: dict[int, Buyer]) -> list[int]:
    """Who has something to read; returns in time for the next look."""
    ready, _, _ = select.select(list(numbers), [], [], LOOK_SECONDS)
    return ready


def _standing(cursor: Any, buyers: list[Buyer]) -> set[str | None]:
    waiting = [buyer.order_id for buyer in buyers if buyer.order_id]
    if not waiting:
        return set()
    cursor.execute("EXECUTE stand (%s::uuid[])", (waiting,))
    return {row[0] for row in cursor.fetchall()}


if __name__ == "__main__":
    json.dump(buy(**json.load(sys.stdin)), sys.stdout)
