"""Whoever shall not have a mail, or not yet, has none; each for a reason that is written down."""

from sqlalchemy import text

from services.notifications.asking import Identity
from services.notifications.dispatching import Dispatcher
from services.notifications.post_office import PostOffice
from services.notifications.settings import Settings
from services.notifications.tests.mailbox import Mailbox, serving
from services.notifications.tests.sending import PACE, found, until_over
from services.notifications.tests.world import World, confirmed, created, erased
from shared.events.ids import new_id
from shared.kit.database import Database


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


def test_one_person_is_not_flooded(database: Database, settings: Settings, box: Mailbox, nothing_else: None) -> None:
    with database.transaction() as session:
        world = World(session)
        ada = world.person()
        world.tell(*(confirmed(ada) for _ in range(5)))
    with serving(box) as url:
        slow = PACE._replace(per_hour=2)
        dispatch = Dispatcher(database, PostOffice(url, 5), settings.post, slow, Identity(settings))
        dispatch.round()
        assert len(box.mails) == 2
        with database.transaction() as session:
            session.execute(text("UPDATE delivery SET next_attempt_at = now() WHERE state = 'due'"))
        dispatch.round()
        assert len(box.mails) == 2
        dispatch.stop.set()
        dispatch.run()
