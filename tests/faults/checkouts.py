"""Ordering and catalog as processes, people who check out there until they are answered, and the books of both."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Engine, create_engine, text

from benchmarks import goods
from benchmarks.stage import Store
from shared.kit.tests.shop import bearer
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.keys import published_key
from tests.integration.marketplace import Room
from tests.integration.processes import ServiceProcess

SERVICES = ("catalog", "ordering")
ALL = tuple(f"{service}.{kind}" for service in SERVICES for kind in ("consumer", "relay", "web"))
PLENTY = 1_000_000
"""How many there are of each product, but for the one that is scarce."""
PATIENCE_SECONDS = 120.0


@dataclass
class Checkout:
    """One person's order: submitted under one key until it is answered."""

    answers: list[int | str] = field(default_factory=list)
    order_id: UUID | None = None


class Shops:
    """Both services on their own databases, shops in them whose shelves are full but for one product, and processes."""

    def __init__(self, rooms: Mapping[str, Room], environment: Mapping[str, str], folder: Path) -> None:
        self.rooms, self._environment, self._folder = rooms, environment, folder
        self.processes: dict[str, ServiceProcess] = {}
        self.engines = {name: create_engine(room.database.superuser_url) for name, room in rooms.items()}
        stores = [Store(name, rooms[name].database, self.engines[name]) for name in SERVICES]
        self._carts = goods.carts(goods.fill(*stores), 200)
        self.scarce = sorted(self._carts[0])[0]
        self._few = PLENTY

    def there(self, product: str) -> int:
        """How many there would be of a product if nobody had bought any."""
        return self._few if product == self.scarce else PLENTY

    def process(self, name: str) -> ServiceProcess:
        """The process of this name, running or not."""
        if name not in self.processes:
            service, kind = name.split(".")
            given = self.rooms[service].environment(**self._environment)
            self.processes[name] = ServiceProcess(service, kind, given, self._folder / f"{name}.log")
        return self.processes[name]

    def start(self, *names: str, **environment: str) -> None:
        """Start processes side by side and wait until each is ready."""
        for name in names:
            self.process(name).start(**environment)
        for name in names:
            self.process(name).wait_until_ready()

    def replace(self, name: str, **environment: str) -> None:
        """Kill a process and start it with these variables, without waiting: who comes meanwhile comes again."""
        self.process(name).kill()
        self.process(name).start(**environment)

    def close(self) -> None:
        """End everything."""
        for process in self.processes.values():
            if process.running:
                process.kill()
        for engine in self.engines.values():
            engine.dispose()

    def leave_few(self, count: int) -> None:
        """Let there be so many of the scarce product, as if somebody had counted again."""
        with self.engines["catalog"].begin() as connection:
            there = connection.scalar(text("SELECT on_hand FROM stock WHERE product_id = :id"), {"id": self.scarce})
            connection.execute(_COUNT_AGAIN, {"id": self.scarce, "change": count - int(there or 0)})
            self._few += count - int(there or 0)

    def check_out(self, count: int, *, at_once: int = 4) -> list[Checkout]:
        """So many people fill a cart and order it, each until they are answered; every third wants what is scarce."""
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(self._check_out, range(count)))

    def _check_out(self, number: int) -> Checkout:
        wanted = dict(self._carts[number % len(self._carts)])
        wanted.pop(self.scarce, None)
        if number % 3 == 0:
            wanted[self.scarce] = 1
        lines = {"items": [{"product_id": key, "quantity": many} for key, many in wanted.items()]}
        me, done = bearer("customer", sub=str(uuid4())), Checkout()
        with httpx.Client(base_url=self.rooms["ordering"].address, timeout=30, trust_env=False) as browser:
            _until(done, 200, lambda: browser.put("/cart", json=lines, headers=me))
            headers = {**me, "Idempotency-Key": uuid4().hex}
            order = {"shipping_address": goods.ADDRESS}
            taken = _until(done, 202, lambda: browser.post("/orders", json=order, headers=headers))
        done.order_id = UUID(taken.json()["id"])
        return done


_COUNT_AGAIN = text("""
    INSERT INTO stock_movement (id, product_id, kind, on_hand, reserved, reason, at)
    SELECT gen_random_uuid(), :id, 'adjustment', :change, 0, 'counted again', clock_timestamp() WHERE :change <> 0
""")


def _until(done: Checkout, status: int, ask: Any) -> httpx.Response:
    """Ask until the answer is this one; what nobody answers, and an outage, is asked again, as people do."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            answer: httpx.Response = ask()
        except httpx.TransportError as lost:
            done.answers.append(type(lost).__name__)
        else:
            done.answers.append(answer.status_code)
            if answer.status_code == status:
                return answer
            assert answer.status_code in {500, 502, 503}, answer.text
        time.sleep(0.05)
    raise AssertionError(f"not answered: {done.answers[-5:]}")


@contextmanager
def opened(databases: Mapping[str, TestDatabase], broker_url: str, namespace: str, folder: Path) -> Iterator[Shops]:
    """Shops with no process running yet; what runs ends with the block."""
    with ExitStack() as stack:
        keys = stack.enter_context(published_key())
        told = {"BROKER_URL": broker_url, "BROKER_NAMESPACE": namespace, "JWKS_URL": keys}
        made = Shops({name: Room(name, databases[name]) for name in SERVICES}, told, folder)
        stack.callback(made.close)
        yield made


def check_out_while_dying(
    shops: Shops, name: str, failpoint: str, *, kills: int, count: int
) -> tuple[list[Checkout], list[int]]:
    """Check out while a process dies at a failpoint, at most so often, and then lives; gives the exit codes too.

    It is started again in this thread, for it would end with the one that has started it. Of a web process the workers
    die, which their parent replaces by others that will: it is replaced in the end.
    """
    process, codes = shops.process(name), list[int]()
    shops.replace(name, FAILPOINTS=failpoint)
    process.wait_until_ready_or_dead()
    with ThreadPoolExecutor(1) as pool:
        buying = pool.submit(shops.check_out, count)
        patience = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < patience and not (buying.done() and (codes or name.endswith("web"))):
            time.sleep(0.02)
            if not process.running:
                codes.append(process.child.returncode)
                process.start(**({"FAILPOINTS": failpoint} if len(codes) < kills else {}))
    if len(codes) < kills:
        shops.replace(name)
    return buying.result(), codes


def rows(engine: Engine, query: str, **given: Any) -> list[Any]:
    """Look, as the superuser."""
    with engine.connect() as connection:
        return list(connection.execute(text(query), given).all())
