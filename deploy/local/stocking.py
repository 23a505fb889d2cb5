"""Puts products into the shops of a local system: a tree of categories, 25 of them a shop with pictures, or very many.

All of it goes through the public API. Products come by the file, as a vendor would send them, so that a second run
finds each by its SKU and changes nothing; pictures are sent side by side. Very many products take the same way: a file
a shop, checked and applied by the catalog's import job, without pictures.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import quote

from deploy.local import sending
from deploy.local.api import Person, Refused
from deploy.local.seeds import PASSWORD, PEOPLE
from deploy.local.sending import Sent
from deploy.local.wares import COLUMNS, Ware, shops, tree, wares

AT_ONCE = 4
HEARD_SECONDS, QUEUED_SECONDS = 20.0, 1800.0
"""How long an approval may take to reach catalog, and a file may wait for the files of other shops."""
T = TypeVar("T")


@dataclass
class Stocked:
    """What a run made: categories, products and pictures, and who was put on a list."""

    categories: int = 0
    products: int = 0
    pictures: int = 0
    linked: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.products} products with {self.pictures} pictures in {self.categories} new categories"


def stock(address: str) -> Stocked:
    """Bring the products of every shop that is open onto the market. Idempotent, and gone on with where it stopped."""
    stocked = Stocked()
    slugs = _categories(address, stocked)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        owners = list(pool.map(lambda shop: _owner(address, shop["email"]), shops()))
        told = list(pool.map(lambda owner, shop: _listed(owner, wares(shop), slugs), owners, shops()))
        stocked.products = sum(job["rows"]["created"] for job in told)
        waiting = [each for owner, shop in zip(owners, shops(), strict=True) for each in _unpictured(owner, shop)]
        stocked.pictures = sum(pool.map(lambda each: _pictured(*each), waiting))
    stocked.linked = _link(address, owners[0])
    return stocked


def stock_many(address: str, count: int, told: Callable[[str], None] = lambda _: None) -> int:
    """Bring so many plain products onto the market, shared among the shops; how many were made.

    `told` hears how far it is. Again, or after it was broken off, what is there is found by its SKU and left alone.
    """
    slugs = list(_categories(address, Stocked()).values())
    places = shops()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        owners = list(pool.map(lambda shop: _owner(address, shop["email"]), places))
        files = [_many(shop, slugs, range(index, count, len(places))) for index, shop in enumerate(places)]
        tell = Telling(count, told)
        done = pool.map(lambda owner, rows: _imported(owner, "many.csv", rows, tell), owners, files)
        return sum(job["rows"]["created"] for job in done)


def _categories(address: str, stocked: Stocked) -> dict[str, str]:
    """The slug of every category by its name; those that are missing are made."""
    with Person(address) as admin:
        admin.sign_in(next(person.email for person in PEOPLE if person.role == "admin"), PASSWORD)
        known: dict[tuple[str | None, str], dict[str, Any]]
        known = {(it["parent_id"], it["name"]): it for it in admin.get("/categories")["items"]}

        def at(parent: str | None, name: str) -> dict[str, Any]:
            if (parent, name) not in known:
                known[parent, name] = admin.post("/admin/categories", {"name": name, "parent_id": parent})
                stocked.categories += 1
            found: dict[str, Any] = known[parent, name]
            return found

        return {name: at(at(None, top)["id"], name)["slug"] for top, names in tree().items() for name in names}


def _owner(address: str, email: str) -> Person:
    """A vendor who is signed in, and whom catalog has heard of."""
    owner = Person(address)
    owner.sign_in(email, PASSWORD)
    _eventually(lambda: _heard(owner), HEARD_SECONDS, f"the approval of {email} did not reach catalog")
    return owner


def _heard(owner: Person) -> bool:
    try:
        owner.get("/vendor/products?limit=1")
    except Refused as refusal:
        if refusal.kind != "no-vendor":
            raise
        return False
    return True


def _listed(owner: Person, there: list[Ware], slugs: dict[str, str]) -> dict[str, Any]:
    return _imported(owner, "products.csv", (ware.row(slugs) for ware in there))


class Telling:
    """Says how far some import jobs are together, at most every few seconds."""

    def __init__(self, count: int, told: Callable[[str], None], seconds: float = 5.0) -> None:
        self._count, self._told, self._seconds = count, told, seconds
        self._jobs: dict[str, dict[str, int]] = {}
        self._lock, self._said_at = Lock(), time.monotonic()

    def __call__(self, job: dict[str, Any]) -> None:
        """Note what a job says of itself."""
        with self._lock:
            self._jobs[job["id"]] = job["rows"]
            if time.monotonic() - self._said_at >= self._seconds:
                self._said_at = time.monotonic()
                self._told(self.words)

    @property
    def words(self) -> str:
        """How many rows were checked, and how many of them need nothing more."""
        checked = sum(rows["checked"] for rows in self._jobs.values())
        waiting = sum(rows["create"] + rows["update"] for rows in self._jobs.values())
        return f"{checked:,} of {self._count:,} checked, {checked - waiting:,} there"


def _imported(
    owner: Person, name: str, rows: Iterable[list[str]], tell: Callable[[dict[str, Any]], None] = lambda _: None
) -> dict[str, Any]:
    """Send rows as a file and have them applied; the finished job. Raises `RuntimeError` if it cannot be used."""
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    sent = sending.send(owner, name, text.getvalue().encode())
    _follow(sent, tell)
    if sent.job["state"] == "failed" or sent.job["rows"]["faulty"]:
        raise RuntimeError(f"{name}: {sent.job['problem'] or sent.rows('faulty')}")
    if sent.waiting:
        sent.apply()
        _follow(sent, tell)
    return sent.job


def _follow(sent: Sent, tell: Callable[[dict[str, Any]], None]) -> None:
    for job in sent.followed(QUEUED_SECONDS):
        tell(job)


def _unpictured(owner: Person, shop: dict[str, Any]) -> list[tuple[Person, Ware, dict[str, Any]]]:
    there = {ware.sku: ware for ware in wares(shop)}
    known = ((there.get(it["sku"]), it) for it in owner.all("/vendor/products"))
    return [(owner, ware, it) for ware, it in known if ware and len(it["images"]) < ware.pictures]


def _pictured(owner: Person, ware: Ware, it: dict[str, Any]) -> int:
    missing = range(len(it["images"]), ware.pictures)
    for which in missing:
        alt = ware.alt + (" in the evening" if which else "")
        owner.send("POST", f"/vendor/products/{it['id']}/images?alt={quote(alt)}", ware.picture(which))
    return len(missing)


def _link(address: str, owner: Person) -> list[str]:
    """Put the demonstration customer onto the first shop's list, so that somebody sees what is for customers."""
    email = next(person.email for person in PEOPLE if person.role == "customer")
    if any(it["email"] == email for it in owner.customers()):
        return []
    with Person(address) as customer:
        customer.sign_in(email, PASSWORD)
        customer.post(f"/invites/{owner.invite(label='Regulars')['token']}/accept", {})
    return [email]


def _many(shop: dict[str, Any], slugs: list[str], numbers: range) -> Iterable[list[str]]:
    there = wares(shop)
    for number in numbers:
        ware = there[number // len(shops()) % len(there)]
        title = f"{ware.title} no. {number}"
        said = (f"MANY-{number:07}", title, f"A *{title}*. {shop['made']}", slugs[number % len(slugs)])
        price = f"{5 + number * 7919 % 20_000 / 100:.2f}"
        yield [*said, price, "EUR", str(number * 31 % 120), "0", "active", "public" if number % 10 else "linked", "en"]


def _eventually(check: Callable[[], T], seconds: float, otherwise: str) -> T:
    """What `check` answers once it is something. Raises `RuntimeError` after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{otherwise} within {seconds:.0f} s")
        time.sleep(0.2)
    return found
