"""Deliveries are sent once each, whatever the mail server does, and what is not known is in doubt and stays so."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from services.notifications.dispatching import Dispatcher, Pace, wait_after
from services.notifications.domain import claims
from services.notifications.models import Delivery
from services.notifications.post_office import PostOffice
from services.notifications.settings import Settings
from services.notifications.tests.mailbox import HANG_UP, Mailbox, serving
from services.notifications.tests.world import World, approved, confirmed, created, envelope, erased
from shared.events.ids import new_id
from shared.kit.database import Database
from tests.eventually import eventually

PACE = Pace(retry=0.01, attempts=5, age=timedelta(hours=96), idle=0.01, tidy=0)


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def dispatch(database: Database, settings: Settings, box: Mailbox) -> Iterator[Dispatcher]:
    """A dispatcher whose rounds are done by hand."""
    with serving(box) as url:
        made = Dispatcher(database, PostOffice(url, 5), settings.post, PACE)
        yield made
        made.stop.set()
        made.run()


@pytest.fixture(autouse=True)
def nothing_else(database: Database) -> None:
    """No delivery of another test is due."""
    with database.transaction() as session:
        session.execute(text("DELETE FROM delivery"))


@pytest.fixture
def order(database: Database) -> Callable[..., UUID]:
    """Somebody whose order was confirmed: their delivery's id."""

    def place(**given: str) -> UUID:
        with database.transaction() as session:
            world = World(session)
            ada = world.person(**given)
            world.tell(confirmed(ada))
            return world.deliveries(ada)[0].id

    return place


def found(database: Database, delivery: UUID) -> Delivery:
    with database.transaction() as session:
        return session.get_one(Delivery, delivery)


def until_over(dispatch: Dispatcher, database: Database, delivery: UUID) -> str:
    """Go on until nothing more becomes of it; how it ended."""

    def look() -> bool:
        dispatch.round()
        return found(database, delivery).state not in {"due", "claimed"}

    eventually(look, timeout=5)
    return found(database, delivery).state


def test_a_delivery_is_sent_once_over_a_connection_that_is_kept(
    dispatch: Dispatcher, database: Database, box: Mailbox, order: Callable[..., UUID]
) -> None:
    ids = [order() for _ in range(3)]
    assert dispatch.round() == 3
    assert dispatch.round() == 0
    assert [found(database, each).state for each in ids] == ["sent"] * 3
    assert {f"<{each}@market.example>" for each in ids} == set(box.counts)
    assert (sum(box.counts.values()), box.connections) == (3, 1)
    first = found(database, ids[0])
    assert (first.attempts, first.last_error) == (1, None)
    assert first.handed_over_at is not None


@pytest.mark.parametrize("step", ["at_sender", "at_recipient", "at_data", "at_end"])
def test_what_was_not_taken_for_now_is_sent_later(
    dispatch: Dispatcher, database: Database, box: Mailbox, order: Callable[..., UUID], step: str
) -> None:
    answers = iter(["451 not now", "450 still not", "250 OK"])
    setattr(box, step, lambda _: next(answers))
    delivery = order()
    dispatch.round()
    waits = found(database, delivery)
    assert (waits.state, waits.last_error, waits.claimed_by) == ("due", "451 not now", None)
    assert until_over(dispatch, database, delivery) == "sent"
    assert box.counts == {f"<{delivery}@market.example>": 1}


@pytest.mark.parametrize("step", ["at_recipient", "at_data"])
def test_a_server_that_hangs_up_before_the_end_has_taken_nothing(
    dispatch: Dispatcher, database: Database, box: Mailbox, order: Callable[..., UUID], step: str
) -> None:
    answers = iter([HANG_UP, "250 OK"])
    setattr(box, step, lambda _: next(answers))
    delivery = order()
    assert until_over(dispatch, database, delivery) == "sent"
    assert box.counts == {f"<{delivery}@market.example>": 1}
    assert box.connections == 2


@pytest.mark.parametrize("taken", [True, False])
def test_a_server_that_hangs_up_after_the_end_leaves_it_in_doubt_for_ever(
    dispatch: Dispatcher, database: Database, box: Mailbox, order: Callable[..., UUID], taken: bool
) -> None:
    if taken:
        box.silent = lambda _: True
    else:
        box.at_end = lambda _: HANG_UP
    delivery, other = order(), None
    assert until_over(dispatch, database, delivery) == "in_doubt"
    box.silent, box.at_end = lambda _: False, lambda _: "250 OK"
    other = order()
    assert until_over(dispatch, database, other) == "sent"
    assert found(database, delivery).state == "in_doubt"
    assert box.counts[f"<{delivery}@market.example>"] == int(taken)


@pytest.mark.parametrize(
    ("step", "reason"), [("at_recipient", "address"), ("at_data", "content"), ("at_end", "content")]
)
def test_what_is_never_taken_fails_and_the_admins_hear_of_it(
    dispatch: Dispatcher, database: Database, box: Mailbox, order: Callable[..., UUID], step: str, reason: str
) -> None:
    setattr(box, step, lambda _: "550 5.1.1 <ada@shop.example> is unknown here")
    delivery = order()
    assert until_over(dispatch, database, delivery) == "failed"
    given_up = found(database, delivery)
    assert given_up.last_error == "550 5.1.1 <[address]> is unknown here"
    with database.transaction() as session:
        told = session.scalars(
            text("SELECT envelope->'data' FROM outbox WHERE aggregate_id = :id"), {"id": delivery}
        ).one()
    assert (told["reason"], told["answer"], told["recipient_id"]) == (
        reason,
        given_up.last_error,
        str(given_up.recipient_id),
    )


def test_a_full_mailbox_is_not_a_dead_one(
    dispatch: Dispatcher, database: Database, box: Mailbox, order: Callable[..., UUID]
) -> None:
    answers = iter(["552 full", "250 OK"])
    box.at_recipient = lambda _: next(answers)
    assert until_over(dispatch, database, order()) == "sent"


def test_it_is_given_up_after_so_many_attempts(
    dispatch: Dispatcher, database: Database, box: Mailbox, order: Callable[..., UUID]
) -> None:
    box.at_recipient = lambda _: "450 busy"
    delivery = order()
    assert until_over(dispatch, database, delivery) == "failed"
    assert found(database, delivery).attempts == PACE.attempts


def test_a_server_that_is_away_costs_no_attempt_and_nothing_else(
    database: Database, settings: Settings, box: Mailbox, order: Callable[..., UUID]
) -> None:
    with serving(box) as url:
        pass
    office = PostOffice(url, 5)
    dispatch = Dispatcher(database, office, settings.post, PACE)
    ids = [order() for _ in range(3)]
    for _ in range(4):
        assert dispatch.round() == 0
    assert dispatch.down
    assert {(found(database, each).state, found(database, each).attempts) for each in ids} == {("due", 0)}
    with serving(box, port=int(url.rpartition(":")[2])):
        assert dispatch.round() == 3
    assert len(box.mails) == 3
    assert not dispatch.down
    dispatch.stop.set()
    dispatch.run()


def test_a_sender_who_may_not_send_is_no_fault_of_the_mail(
    dispatch: Dispatcher, database: Database, box: Mailbox, order: Callable[..., UUID]
) -> None:
    box.at_sender = lambda _: "550 who are you"
    delivery = order()
    assert dispatch.round() == 0
    assert (dispatch.down, found(database, delivery).state) == ("550 who are you", "due")
    box.at_sender = lambda _: "250 OK"
    assert until_over(dispatch, database, delivery) == "sent"


def test_a_mail_to_a_dead_process_is_sent_by_the_living_unless_it_may_have_arrived(
    dispatch: Dispatcher, database: Database, box: Mailbox, order: Callable[..., UUID]
) -> None:
    ids = [order() for _ in range(3)]
    dead = 2**31 - 7
    with database.transaction() as session:
        taken = claims.take(session, dead, 2)
        assert claims.mark(session, dead, taken[0].id)
    dispatch.round()
    states = {each: found(database, each).state for each in ids}
    assert states[taken[0].id] == "in_doubt"
    assert sorted(states.values()) == ["in_doubt", "sent", "sent"]
    assert f"<{taken[0].id}@market.example>" not in box.counts


def test_who_lost_a_claim_stops_before_the_end_of_the_mail(
    dispatch: Dispatcher, database: Database, box: Mailbox, order: Callable[..., UUID]
) -> None:
    delivery = order()

    def take_it_away(_: object) -> str:
        with database.transaction() as session:
            session.execute(text("UPDATE delivery SET claimed_by = 1"))
        return "250 OK"

    box.at_data = take_it_away
    dispatch.round()
    assert box.counts == {}
    box.at_data = lambda _: "250 OK"
    assert until_over(dispatch, database, delivery) == "sent"
    assert box.counts == {f"<{delivery}@market.example>": 1}


def test_several_at_once_send_each_mail_once(
    database: Database, settings: Settings, box: Mailbox, order: Callable[..., UUID]
) -> None:
    ids = [order() for _ in range(30)]
    with serving(box) as url:
        several = [Dispatcher(database, PostOffice(url, 5), settings.post, PACE) for _ in range(3)]
        threads = [threading.Thread(target=each.run) for each in several]
        for thread in threads:
            thread.start()
        eventually(lambda: len(box.mails) == len(ids), timeout=20)
        for each in several:
            each.stop.set()
        for thread in threads:
            thread.join(10)
    assert box.counts == {f"<{each}@market.example>": 1 for each in ids}
    assert {found(database, each).state for each in ids} == {"sent"}


def test_what_is_not_wished_is_not_sent(dispatch: Dispatcher, database: Database, box: Mailbox) -> None:
    with database.transaction() as session:
        world = World(session)
        ada = world.person()
        world.tell(confirmed(ada))
        session.execute(
            text("INSERT INTO preference VALUES (:p, 'order_confirmed', 'email', false, now())"), {"p": ada}
        )
        delivery = world.deliveries(ada)[0].id
    assert until_over(dispatch, database, delivery) == "refused"
    assert box.mails == []


def test_a_reader_of_whom_nothing_is_known_is_waited_for(
    dispatch: Dispatcher, database: Database, box: Mailbox
) -> None:
    ada = new_id()
    with database.transaction() as session:
        world = World(session)
        world.tell(confirmed(ada))
        delivery = world.deliveries(ada)[0].id
    dispatch.round()
    assert found(database, delivery).last_error == "nothing is known of its reader yet"
    with database.transaction() as session:
        World(session).tell(created(ada))
        session.execute(text("UPDATE delivery SET next_attempt_at = now() WHERE id = :id"), {"id": delivery})
    assert until_over(dispatch, database, delivery) == "sent"


def test_somebody_who_has_left_gets_nothing_more(dispatch: Dispatcher, database: Database, box: Mailbox) -> None:
    with database.transaction() as session:
        world = World(session)
        ada = world.person()
        world.tell(confirmed(ada), confirmed(ada))
        world.tell(erased(ada))
        states = [each.state for each in world.deliveries(ada)]
    dispatch.round()
    assert (states, box.mails) == (["dismissed", "dismissed"], [])


def test_old_news_lapse_in_silence_and_what_was_tried_is_told(
    dispatch: Dispatcher, database: Database, box: Mailbox
) -> None:
    long_ago = confirmed(new_id())
    with database.transaction() as session:
        world = World(session)
        old = approved(world.person())
        world.tell(envelope(old, at=long_ago.confirmed_at - timedelta(days=30)))
        tried = approved(world.person())
        world.tell(envelope(tried, at=long_ago.confirmed_at - timedelta(days=30)))
        session.execute(
            text("UPDATE delivery SET attempts = 3, last_error = '450 busy' WHERE recipient_id = :id"),
            {"id": tried.user_id},
        )
        ids = [world.deliveries(each.user_id)[0].id for each in (old, tried)]
    dispatch.round()
    assert [found(database, each).state for each in ids] == ["lapsed", "failed"]
    with database.transaction() as session:
        said = session.execute(
            text("SELECT aggregate_id, envelope->'data'->>'reason' FROM outbox WHERE aggregate_id = ANY(:ids)"),
            {"ids": ids},
        )
        assert [tuple(row) for row in said] == [(ids[1], "time")]
    assert box.mails == []


def test_one_person_is_not_flooded(database: Database, settings: Settings, box: Mailbox) -> None:
    with database.transaction() as session:
        world = World(session)
        ada = world.person()
        world.tell(*(confirmed(ada) for _ in range(5)))
    with serving(box) as url:
        dispatch = Dispatcher(database, PostOffice(url, 5), settings.post, PACE._replace(per_hour=2))
        dispatch.round()
        assert len(box.mails) == 2
        with database.transaction() as session:
            session.execute(text("UPDATE delivery SET next_attempt_at = now() WHERE state = 'due'"))
        dispatch.round()
        assert len(box.mails) == 2
        dispatch.stop.set()
        dispatch.run()


def test_waits_grow_and_are_spread() -> None:
    waits = [wait_after(attempt, 30).total_seconds() for attempt in range(1, 60)]
    assert all(15 * 2**n <= waits[n] <= 30 * 2**n for n in range(9))
    assert max(waits) <= timedelta(hours=6).total_seconds()
    assert len({wait_after(3, 30) for _ in range(20)}) > 10
