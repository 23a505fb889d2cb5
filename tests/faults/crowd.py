"""Crowds: thousands of people who register, most of them with the link of one vendor.

Through HTTP argon2 allows about 58 a second on a core, so most register through the function that the HTTP door calls,
with a hash made beforehand; a smaller part comes through the door.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import httpx
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from services.identity.domain import emails, users
from services.identity.domain.users import EmailTaken, Registration
from services.vendor.domain import links, vendors
from services.vendor.domain.links import NewLink
from tests.integration.marketplace import Marketplace, fresh_email

HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$bm9ib2R5IGNhbiBzaWduIGluIHdpdGggdGhpcw"
OUTAGE = (DBAPIError, NoConnectionFree)


@dataclass(frozen=True)
class Link:
    """A vendor's link, and the mix of tokens that a crowd comes with: of ten, one without and one mistyped."""

    token: str

    def tokens(self) -> Iterator[str | None]:
        """The tokens of a crowd, without end."""
        return itertools.cycle([*[self.token] * 8, None, f"{self.token[:-4]}typo"])


def open_link(marketplace: Marketplace, name: str = "Vendor A") -> Link:
    """Make a vendor, whom identity knows, and a link of theirs without limits."""
    with marketplace.identity.db.transaction() as session:
        user = users.register(session, person("Seller", None))
    with marketplace.vendor.db.transaction() as session:
        vendor = vendors.create(session, user.id, name, commission_bps=1000, now=datetime.now(UTC))
        link = links.create(session, vendor, NewLink(), datetime.now(UTC)).link
    return Link(link.token)


def register_many(marketplace: Marketplace, count: int, link: Link, *, at_once: int = 100, pause: float = 0) -> None:
    """Register `count` people, `at_once` in a transaction, again where an outage left it in doubt."""
    tokens = link.tokens()
    for start in range(0, count, at_once):
        people = [person("Some One", next(tokens)) for _ in range(min(at_once, count - start))]
        while not _register(marketplace, people):
            time.sleep(0.1)
        time.sleep(pause)


@contextmanager
def arriving(
    marketplace: Marketplace, count: int, link: Link, *, at_once: int = 100, pause: float = 0.05
) -> Iterator[threading.Thread]:
    """People keep registering while the block runs; at its end all of them have."""
    failures: list[BaseException] = []

    def arrive() -> None:
        try:
            register_many(marketplace, count, link, at_once=at_once, pause=pause)
        except BaseException as failure:  # noqa: BLE001 - raised again in the test's own thread
            failures.append(failure)

    thread = threading.Thread(target=arrive, name="crowd", daemon=True)
    thread.start()
    yield thread
    thread.join(120)
    assert not thread.is_alive(), "the crowd is still registering"
    assert not failures, failures


@dataclass
class Visit:
    """One person's attempt to register over HTTP, under one Idempotency-Key however often it is sent."""

    email: str
    key: str
    answers: list[int | str]
    user_id: str = ""


def register_over_http(
    marketplace: Marketplace, count: int, link: Link, *, at_once: int = 4, patience: float = 60
) -> list[Visit]:
    """Register people through the web process; whoever is not answered sends the same again, under the same key."""
    tokens = link.tokens()
    visits = [(Visit(fresh_email("guest"), uuid4().hex, []), next(tokens)) for _ in range(count)]
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda pair: _visit(marketplace, pair[0], pair[1], patience), visits))


def _visit(marketplace: Marketplace, visit: Visit, token: str | None, patience: float) -> Visit:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            answer = marketplace.send_registration(
                "Guest", token, email=visit.email, headers={"Idempotency-Key": visit.key}
            )
        except httpx.TransportError as lost:
            visit.answers.append(type(lost).__name__)
        else:
            visit.answers.append(answer.status_code)
            if answer.status_code == 201:
                visit.user_id = answer.json()["id"]
                return visit
        time.sleep(0.05)
    return visit


def created(visits: Sequence[Visit]) -> int:
    """How many were answered 201 in the end."""
    return sum(bool(visit.user_id) for visit in visits)


def person(name: str, token: str | None) -> Registration:
    """Somebody about to register."""
    return Registration(email=emails.parse(fresh_email(name)), name=name, password_hash=HASH, invite_token=token)


def _register(marketplace: Marketplace, people: Sequence[Registration]) -> bool:
    """Register all of them, now or before: a commit whose answer was lost may have happened. False in an outage."""
    try:
        with marketplace.identity.db.transaction() as session:
            for person in people:
                users.register(session, person)
    except EmailTaken:
        return True
    except OUTAGE:
        return False
    return True
