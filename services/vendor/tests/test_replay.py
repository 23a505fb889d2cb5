"""A replay shows what a missing row is, mends exactly that when told to, and nobody hears of it."""

import os
import signal
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.vendor.consumers import HANDLERS
from services.vendor.domain import removals
from services.vendor.projections import PROJECTIONS
from services.vendor.tests.building import HOUR, LONG_AGO, NOON, created, erased, invite, updated
from services.vendor.tests.shop import Shop
from shared.events.envelope import Envelope
from shared.messaging.handlers import batched
from shared.messaging.replay.changes import by_column
from shared.messaging.replay.difference import Difference
from shared.messaging.replay.projection import Projection
from shared.messaging.replay.rebuild import Rebuild
from shared.messaging.replay.running import Replay, ReplayRefused
from shared.messaging.replay.selection import Selection
from shared.messaging.replay.shadow import Busy
from tests.eventually import eventually


def test_what_is_whole_shows_no_difference(shop: Shop) -> None:
    people = shop.register(5)
    shop.tell(updated(people[0]))
    with shop.database.transaction() as session:
        removals.remove(session, shop.vendor.id, people[1], NOON + HOUR)
    found = shop.replay().run()
    assert found.empty
    assert found.counts["vendor_customer"]["same"] == 5


def test_a_lost_mapping_is_named_and_comes_back_byte_for_byte(shop: Shop) -> None:
    people = shop.register(3)
    before, told = shop.rows("vendor_customer"), shop.rows("outbox")
    shop.do("DELETE FROM vendor_customer WHERE customer_id = :c", c=people[1])
    shop.do("UPDATE customer SET name = 'Wrong' WHERE id = :c", c=people[2])
    replay = shop.replay()
    found = replay.run()
    assert found.counts["vendor_customer"] == {"insert": 1, "change": 0, "only_live": 0, "same": 2}
    assert found.counts["customer"]["change"] == 1
    assert shop.rows("vendor_customer") != before
    replay.apply(found.digest)
    assert shop.rows("vendor_customer") == before
    assert shop.rows("outbox") == told
    assert shop.replay().run().empty


def test_one_customer_can_be_replayed_alone(shop: Shop) -> None:
    people = shop.register(3)
    shop.do("DELETE FROM vendor_customer")
    found = shop.replay(aggregates=(people[0],)).run()
    assert found.counts["vendor_customer"]["insert"] == 1


def test_a_row_that_no_event_explains_is_only_live_and_is_left_alone(shop: Shop) -> None:
    (person,) = shop.register(1)
    shop.do("UPDATE vendor_customer SET customer_id = gen_random_uuid() WHERE customer_id = :c", c=person)
    replay = shop.replay()
    found = replay.run()
    assert found.counts["vendor_customer"] == {"insert": 1, "change": 0, "only_live": 1, "same": 0}
    shop.do("DELETE FROM vendor_customer")


def test_the_world_may_not_change_between_looking_and_applying(shop: Shop) -> None:
    people = shop.register(2)
    shop.do("DELETE FROM vendor_customer WHERE customer_id = :c", c=people[0])
    replay = shop.replay()
    found = replay.run()
    shop.do("DELETE FROM vendor_customer")
    with pytest.raises(ReplayRefused, match="the world has changed"):
        replay.apply(found.digest)
    assert shop.rows("vendor_customer") == []


def test_a_digest_before_any_dry_run_is_refused(shop: Shop) -> None:
    with pytest.raises(ReplayRefused, match="make one first"):
        shop.replay(since=LONG_AGO).apply("0" * 16)


def test_a_removed_mapping_does_not_come_back(shop: Shop) -> None:
    (person,) = shop.register(1)
    with shop.database.transaction() as session:
        removals.remove(session, shop.vendor.id, person, NOON + HOUR)
    before = shop.rows("vendor_customer")
    shop.do("DELETE FROM vendor_customer")
    replay = shop.replay()
    replay.apply(replay.run().digest)
    assert shop.rows("vendor_customer") == before


def test_an_invitation_that_has_expired_since_gives_the_mapping_of_the_day(shop: Shop) -> None:
    (person,) = shop.register(1)
    before = shop.rows("vendor_customer")
    shop.do("DELETE FROM vendor_customer")
    shop.do("DELETE FROM invite_outcome")
    shop.do("UPDATE vendor_invite_token SET revoked_at = :at", at=NOON + HOUR)
    replay = shop.replay(aggregates=(person,))
    found = replay.run()
    assert found.counts["invite_outcome"]["insert"] == 1
    replay.apply(found.digest)
    assert shop.rows("vendor_customer") == before


def test_the_state_of_a_past_moment_can_be_seen_but_not_applied(shop: Shop) -> None:
    early, late = created(shop.link.token, at=NOON - HOUR), created(shop.link.token, at=NOON)
    shop.tell(early, late)
    replay = shop.replay(as_of=NOON - timedelta(minutes=1))
    found = replay.run()
    assert found.counts["vendor_customer"] == {"insert": 0, "change": 0, "only_live": 1, "same": 1}
    with pytest.raises(ReplayRefused, match="past moment"):
        replay.apply(found.digest)


def test_a_handler_that_raises_now_is_named_with_its_event_and_nothing_is_changed(shop: Shop) -> None:
    shop.register(3)
    bad = created(shop.link.token, name="Bad")
    shop.tell(bad)
    before = shop.rows("customer")

    def refuse(session: Session, envelopes: Sequence[Envelope[Any]]) -> None:
        if any(envelope.event.name == "Bad" for envelope in envelopes):
            raise ValueError("cannot take this name")

    handlers = {**HANDLERS, type(bad.event): batched(refuse)}
    replay = shop.replay(handlers)
    with pytest.raises(ReplayRefused, match=f"customer.created refuses {bad.id}: ValueError: cannot take this name"):
        replay.run()
    assert shop.rows("customer") == before
    assert replay.shadow.marks() == []


def test_the_database_refuses_news_from_a_replay(shop: Shop) -> None:
    shop.register(1)
    replay = shop.replay()
    replay.run()
    with (
        replay.shadow.engine.begin() as connection,
        pytest.raises(DBAPIError, match="a replay may not write to outbox"),
    ):
        connection.execute(text("UPDATE public.outbox SET unroutable = true"))


def test_processes_share_the_work_and_end_with_the_same(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.replay.running.SMALL", 10)
    shop.register(300)
    shop.do("DELETE FROM vendor_customer")
    alone = shop.replay(jobs=1).run()
    assert shop.replay(jobs=3).run() == alone
    assert alone.counts["vendor_customer"]["insert"] == 300


def test_a_killed_replay_goes_on_where_it_was(shop: Shop) -> None:
    shop.register(300)
    replay = shop.replay(batch=50)
    child = os.fork()
    if child == 0:

        def die(progress: Any) -> None:
            if progress.done >= 100:
                os.kill(os.getpid(), signal.SIGKILL)

        replay.run(die)
    os.waitpid(child, 0)
    resumed = []

    def go_on() -> Difference:
        try:
            return replay.run(lambda progress: resumed.append(progress.resumed))
        except Busy as held:  # the server has not yet noticed that the killed one is gone
            raise AssertionError from held

    found = eventually(go_on)
    assert 100 <= resumed[0] < 300
    assert found.empty
    assert found.counts["vendor_customer"]["same"] == 300


@pytest.mark.parametrize("table", [table for table in PROJECTIONS.tables if table.definition], ids=lambda t: t.table)
def test_a_table_made_from_its_definition_is_the_one_that_the_handlers_wrote(shop: Shop, table: Projection) -> None:
    people = shop.register(20)
    shop.tell(updated(people[0]), erased(people[1]), erased(people[2]))
    with shop.database.transaction() as session:
        removals.remove(session, shop.vendor.id, people[3], NOON + HOUR)
    found = Rebuild(shop.owner_url, table).run(swap=True)
    assert found.difference.empty
    assert (found.rows, found.swapped) == (20, False)


def test_a_rebuild_names_the_rows_that_differ_and_swaps_only_when_told(shop: Shop) -> None:
    people = shop.register(3)
    before = shop.rows("vendor_customer")
    shop.do("DELETE FROM vendor_customer WHERE customer_id = :c", c=people[0])
    shop.do("UPDATE vendor_customer SET version = 9 WHERE customer_id = :c", c=people[1])
    table = PROJECTIONS.tables[-1]
    looked = Rebuild(shop.owner_url, table).run()
    assert {(row.kind, *row.changed) for row in looked.examples} == {("insert",), ("change", "version")}
    assert shop.rows("vendor_customer") != before
    assert Rebuild(shop.owner_url, table).run(swap=True).swapped
    assert shop.rows("vendor_customer") == before


def test_what_is_recorded_cannot_be_rebuilt(shop: Shop) -> None:
    with pytest.raises(ReplayRefused, match="invite_outcome has no definition"):
        Rebuild(shop.owner_url, PROJECTIONS.tables[0])


def test_a_use_that_others_took_is_not_given_away_again(shop: Shop) -> None:
    with shop.database.transaction() as session:
        last = invite(session, shop.vendor, max_uses=1)
    first, second = created(last.token), created(last.token, at=NOON + HOUR)
    shop.tell(first)
    shop.tell(second)
    shop.do("DELETE FROM invite_outcome WHERE event_id = :event", event=second.id)
    replay = shop.replay(aggregates=(second.event.customer_id,))
    found = replay.run()
    assert found.counts["invite_outcome"] == {"insert": 1, "change": 0, "only_live": 0, "same": 0}
    assert found.counts["vendor_customer"]["insert"] == 0


def test_what_another_code_has_shown_cannot_be_applied_by_this_one(shop: Shop) -> None:
    shop.register(1)
    shop.do("DELETE FROM vendor_customer")
    theirs = Replay(shop.owner_url, HANDLERS, PROJECTIONS, Selection(), code="theirs")
    digest = theirs.run().digest
    with pytest.raises(ReplayRefused, match="make one first"):
        shop.replay().apply(digest)


def test_what_was_recorded_is_judged_again_only_to_look(shop: Shop) -> None:
    shop.register(1)
    shop.do("UPDATE vendor_invite_token SET revoked_at = :at", at=NOON - HOUR)
    assert shop.replay().run().empty
    replay = shop.replay(rejudged=True)
    found = replay.run()
    assert found.counts["invite_outcome"]["change"] == 1
    assert found.counts["vendor_customer"]["only_live"] == 1
    with replay.shadow.engine.connect() as connection:
        (changed,) = (it for it in by_column(connection, replay.shadow) if it.column == "outcome")
    assert (changed.before, changed.after, changed.rows) == ("linked", "revoked", 1)
    with pytest.raises(ReplayRefused, match="judged again is for looking at"):
        replay.apply(found.digest)


def test_people_and_uses_of_a_link_are_judged_again_as_they_were(shop: Shop) -> None:
    people = shop.register(5)
    with shop.database.transaction() as session:
        few = invite(session, shop.vendor, max_uses=2)
        removals.remove(session, shop.vendor.id, people[1], NOON + HOUR)
    shop.tell(*(created(few.token, at=NOON + n * HOUR) for n in range(4)), erased(people[2]))
    found = shop.replay(rejudged=True).run()
    assert found.counts["invite_outcome"] == {"insert": 0, "change": 0, "only_live": 0, "same": 9}
    assert found.counts["vendor_customer"]["only_live"] == found.counts["vendor_customer"]["insert"] == 0
