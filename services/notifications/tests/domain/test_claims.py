"""A claim is one dispatcher's; those of the dead are taken up, and who lost one stops."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from services.notifications.asking import Identity
from services.notifications.dispatching import Dispatcher
from services.notifications.domain import claims
from services.notifications.post_office import PostOffice
from services.notifications.settings import Settings
from services.notifications.tests.mailbox import Mailbox, serving
from services.notifications.tests.sending import PACE, found, until_over
from services.notifications.tests.world import World, approved, confirmed, envelope
from shared.events.ids import new_id
from shared.kit.database import Database
from tests.eventually import eventually


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
        several = [Dispatcher(database, PostOffice(url, 5), settings.post, PACE, Identity(settings)) for _ in range(3)]
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
