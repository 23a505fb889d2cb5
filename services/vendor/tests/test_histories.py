"""Random histories, each event delivered 1 to 10 times and shuffled in random batches, against the in-order state."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.vendor.consumers import HANDLERS
from services.vendor.domain import mappings, removals
from services.vendor.tests.building import HOUR, LONG_AGO, NOON, created, erased, everything, invite, updated, vendor
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.messaging.handlers import Batched

History = list[Envelope[Any]]
LINKS: list[dict[str, Any]] = [{}, {}, {"expires_at": NOON + HOUR}, {"revoked_at": NOON + 2 * HOUR}, {"max_uses": 2}]
STATUSES = [
    [(LONG_AGO, "approved")],
    [(LONG_AGO, "approved"), (NOON + HOUR, "suspended"), (NOON + 3 * HOUR, "approved")],
]
people = st.lists(
    st.fixed_dictionaries(
        {
            "hours": st.integers(0, 4),
            "link": st.sampled_from([0, 1, 2, 3, 5, 6, 7, 8, "unknown", None]),
            "renamed": st.integers(0, 2),
            "leaves": st.booleans(),
        }
    ),
    min_size=1,
    max_size=8,
)
limited = st.lists(st.sampled_from([4, 9, 0]), min_size=1, max_size=8)
SEARCH = settings(max_examples=40, deadline=None)


@contextmanager
def undone(database: Database) -> Iterator[Session]:
    with database.engine.connect() as connection:
        yield Session(connection)
        connection.rollback()


def tokens(session: Session) -> list[str]:
    """Five links of each of two vendors: open, open, expiring, revoked, limited to two."""
    sellers = [vendor(session, statuses=statuses) for statuses in STATUSES]
    return [invite(session, seller, **more).token for seller in sellers for more in LINKS]


def history_of(lives: Sequence[dict[str, Any]], links: Sequence[str]) -> History:
    events: History = []
    for life in lives:
        person, link = new_id(), life["link"]
        token = links[link] if isinstance(link, int) else link
        events.append(created(token, customer=person, at=NOON + life["hours"] * HOUR))
        events += [updated(person, version=2 + n, name=f"Name {n}") for n in range(life["renamed"])]
        events += [erased(person)] if life["leaves"] else []
    return events


def deliver(session: Session, events: Sequence[Envelope[Any]]) -> None:
    """Hand events over as a consumer does: runs of one type together, where the handler takes many."""
    for kind, run in groupby(events, key=lambda envelope: type(envelope.event)):
        handler = HANDLERS[kind]
        if isinstance(handler, Batched):
            handler.handle(session, list(run))
        else:
            for envelope in run:
                handler(session, envelope)


def deliver_badly(session: Session, events: History, chance: st.DataObject) -> None:
    times = chance.draw(st.lists(st.integers(1, 10), min_size=len(events), max_size=len(events)))
    many = [event for event, n in zip(events, times, strict=True) for _ in range(n)]
    shuffled, random = list(many), chance.draw(st.randoms(use_true_random=False))
    random.shuffle(shuffled)
    while shuffled:
        size = random.randint(1, 20)
        deliver(session, shuffled[:size])
        shuffled = shuffled[size:]


def in_order(session: Session, events: History) -> dict[str, Any]:
    start = session.begin_nested()
    for event in events:
        deliver(session, [event])
    state = everything(session)
    start.rollback()
    return state


@SEARCH
@given(lives=people, chance=st.data())
def test_any_delivery_ends_in_the_rows_of_the_orderly_one(
    database: Database, lives: list[dict[str, Any]], chance: st.DataObject
) -> None:
    with undone(database) as session:
        events = history_of(lives, tokens(session))
        orderly = in_order(session, events)
        deliver_badly(session, events, chance)
        assert everything(session) == orderly
        assert_announced_once(session)


@SEARCH
@given(picks=limited, chance=st.data())
def test_the_last_use_may_go_to_another_but_the_counts_are_the_same(
    database: Database, picks: list[int], chance: st.DataObject
) -> None:
    with undone(database) as session:
        links = tokens(session)
        events = [created(links[pick], at=NOON + (n % 2) * HOUR / 2) for n, pick in enumerate(picks)]
        start = session.begin_nested()
        deliver(session, events)
        orderly = counts(session)
        start.rollback()
        deliver_badly(session, events, chance)
        assert counts(session) == orderly
        assert_announced_once(session)


@SEARCH
@given(lives=people, chance=st.data())
def test_a_rebuild_from_the_logs_gives_the_live_rows(
    database: Database, lives: list[dict[str, Any]], chance: st.DataObject
) -> None:
    with undone(database) as session:
        links = tokens(session)
        events = history_of(lives, links)
        deliver_badly(session, events, chance)
        meddle(session, links, chance)
        live = everything(session)
        session.execute(text("DELETE FROM customer"))
        session.execute(text("DELETE FROM vendor_customer"))
        deliver_badly(session, events, chance)
        mappings.restore(session)
        assert everything(session) == live
        assert_announced_once(session)


def meddle(session: Session, links: list[str], chance: st.DataObject) -> None:
    """Take some people off, and let some of these come back by a later invitation."""
    pairs = session.execute(text("SELECT vendor_id, customer_id FROM vendor_customer WHERE removed_at IS NULL")).all()
    for seller, person in pairs:
        if chance.draw(st.booleans()):
            removals.remove(session, seller, person, NOON + 6 * HOUR)
            if chance.draw(st.booleans()):
                deliver(session, [created(links[0], customer=person, at=NOON + 7 * HOUR)])


def counts(session: Session) -> Sequence[Any]:
    ask = "SELECT invite_token_id, outcome, count(*) FROM invite_outcome GROUP BY 1, 2 ORDER BY 1, 2"
    return session.execute(text(ask)).all()


def assert_announced_once(session: Session) -> None:
    """Every outcome has one event, every removal one, and nothing else was said."""
    ask = "SELECT count(*), count(*) FILTER (WHERE type = 'vendor_customer.unlinked') FROM outbox"
    said, unlinked = session.execute(text(ask)).one()
    facts = session.execute(
        text("SELECT (SELECT count(*) FROM invite_outcome), (SELECT count(*) FROM vendor_customer_removal)")
    ).one()
    assert (said - unlinked, unlinked) == tuple(facts)
