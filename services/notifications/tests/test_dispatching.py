"""Deliveries are sent once each, whatever the mail server does, and what is not known is in doubt and stays so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.notifications.asking import Identity
from services.notifications.dispatching import Dispatcher, wait_after
from services.notifications.post_office import PostOffice
from services.notifications.settings import Settings
from services.notifications.tests.mailbox import HANG_UP, Mailbox, serving
from services.notifications.tests.sending import PACE, found, until_over
from services.notifications.tests.world import World, now
from shared.events.identity import PasswordResetRequested
from shared.events.ids import new_id
from shared.kit.database import Database


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
    dispatch = Dispatcher(database, office, settings.post, PACE, Identity(settings))
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


def test_waits_grow_and_are_spread() -> None:
    waits = [wait_after(attempt, 30).total_seconds() for attempt in range(1, 60)]
    assert all(15 * 2**n <= waits[n] <= 30 * 2**n for n in range(9))
    assert max(waits) <= timedelta(hours=6).total_seconds()
    assert len({wait_after(3, 30) for _ in range(20)}) > 10


def test_a_link_for_a_new_password_is_made_when_it_is_sent_and_kept_nowhere(
    database: Database, settings: Settings, box: Mailbox, nothing_else: None
) -> None:
    answers = iter([503, 200, 404])

    def identity(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", f"/internal/password-resets/{asked.reset_id}/code")
        return httpx.Response(next(answers), json={"code": "very-secret"})

    asking = Identity(replace(settings, identity_internal_url="http://identity"), httpx.MockTransport(identity))
    with database.transaction() as session:
        world = World(session)
        ada = world.person(locale="de")
        asked = PasswordResetRequested(reset_id=new_id(), customer_id=ada, requested_at=now(), expires_at=now())
        world.tell(asked)
        delivery = world.deliveries(ada)[0].id
    with serving(box) as url:
        dispatch = Dispatcher(database, PostOffice(url, 5), settings.post, PACE, asking)
        dispatch.round()
        assert found(database, delivery).last_error == "identity does not say: HTTPStatusError"
        due = text("UPDATE delivery SET state = 'due', next_attempt_at = now() WHERE id = :id")
        with database.transaction() as session:
            session.execute(due, {"id": delivery})
        assert until_over(dispatch, database, delivery) == "sent"
        with database.transaction() as session:
            session.execute(due, {"id": delivery})
        assert until_over(dispatch, database, delivery) == "lapsed"
    body = box.mails[0].get_body(("plain",))
    assert body is not None
    assert "http://localhost:8000/password/reset?code=very-secret" in body.get_content()
    assert box.mails[0]["List-Unsubscribe"] is None
    with database.transaction() as session:
        for table in ("message", "delivery", "outbox", "inbox"):
            kept = session.scalars(text(f"SELECT t::text FROM {table} t")).all()  # noqa: S608
            assert not [row for row in kept if "very-secret" in row]
        assert World(session).messages(ada)[0].read_at is not None, "it stands nowhere in the app"
