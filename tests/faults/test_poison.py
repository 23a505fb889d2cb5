"""An event that its handler cannot take waits in sight, and only its own aggregate waits with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import create_engine, text

from services.identity.domain import users
from tests.eventually import eventually
from tests.faults import books
from tests.faults.conftest import Settled
from tests.faults.crowd import Link, open_link, person, register_many
from tests.integration.marketplace import Marketplace

POISONED = 3
REFUSE = """
    CREATE FUNCTION refuse_typos() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'a defect of this release'; END $$;
    CREATE TRIGGER refuse_typos BEFORE INSERT ON customer FOR EACH ROW WHEN (NEW.name LIKE 'Poison%')
    EXECUTE FUNCTION refuse_typos()
"""
MEND = "DROP TRIGGER refuse_typos ON customer; DROP FUNCTION refuse_typos()"
STATUSES = text("SELECT aggregate_id, status FROM inbox ORDER BY seq")
LET_TIME_PASS = text("UPDATE inbox SET next_attempt_at = clock_timestamp() WHERE status = 'retry'")


def test_poison_waits_is_parked_and_goes_through_once_mended(quiet_marketplace: Marketplace, settled: Settled) -> None:
    place = quiet_marketplace
    link = open_link(place)
    place.start("vendor.consumer", "identity.relay")
    with defect(place):
        register_many(place, 1000, link)
        poisoned = [register_and_rename(place, f"Poison {number}", link) for number in range(POISONED)]
        register_many(place, 1000, link)
        eventually(lambda: _waiting(place, poisoned) == ["retry", "waiting"], timeout=60)
        eventually(lambda: _pass_time(place) and _waiting(place, poisoned) == ["parked", "waiting"], timeout=60)
        register_many(place, 500, link)
        eventually(lambda: books.read(place).unhandled == 2 * POISONED and not books.read(place).missing_in_inbox, 60)
        assert books.read(place).lost == POISONED
    assert place.job("vendor", "redrive-parked", "--json") == {"redriven": POISONED}
    settled(place, poisoned=POISONED)
    assert _names(place, poisoned) == {f"Poison {number} renamed" for number in range(POISONED)}


@contextmanager
def defect(place: Marketplace) -> Iterator[None]:
    """Vendor's database refuses certain rows until the end of the block, as a bad release may."""
    owner = create_engine(place.vendor.database.owner_url)
    with owner.begin() as connection:
        connection.execute(text(REFUSE))
    yield
    with owner.begin() as connection:
        connection.execute(text(MEND))
    owner.dispose()


def register_and_rename(place: Marketplace, name: str, link: Link) -> UUID:
    """One person whose two events belong to the same aggregate."""
    with place.identity.db.transaction() as session:
        user = users.register(session, person(name, link.token))
    with place.identity.db.transaction() as session:
        users.change(session, user.id, {"name": f"{name} renamed"})
    return user.id


def _waiting(place: Marketplace, poisoned: list[UUID]) -> list[str]:
    """The statuses of the poisoned people's events, if they are the same for each and everybody else's are handled."""
    with place.vendor.db.transaction() as session:
        rows = session.execute(STATUSES).all()
    found = {one: [row.status for row in rows if row.aggregate_id == one] for one in poisoned}
    others = Counter(row.status for row in rows if row.aggregate_id not in found)
    same = len({tuple(statuses) for statuses in found.values()}) == 1
    return found[poisoned[0]] if same and set(others) == {"handled"} else []


def _pass_time(place: Marketplace) -> bool:
    with place.vendor.db.transaction() as session:
        session.execute(LET_TIME_PASS)
    return True


def _names(place: Marketplace, ids: list[UUID]) -> set[str]:
    with place.vendor.db.transaction() as session:
        return set(session.scalars(text("SELECT name FROM customer WHERE id = ANY(:ids)"), {"ids": ids}))
