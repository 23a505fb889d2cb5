"""The publisher's log knows of what never came: a replay from it names that, shows it, and leaves the healing alone."""

from uuid import UUID

import pytest
from sqlalchemy import text

from shared.messaging.replay.feed import Unreachable
from shared.messaging.replay.running import Replay, ReplayRefused
from shared.messaging.replay.selection import Selection
from shared.runtime.publishers import feed
from tests.inspection.world import World


def replay(world: World, **selection: object) -> Replay:
    owner = world.vendor.owner.engine.url.render_as_string(hide_password=False)
    service, chosen = world.vendor.service, Selection(source="publisher", **selection)  # type: ignore[arg-type]
    return Replay(owner, service.handlers, service.projections, chosen, read=feed(world.services))


def shadows(world: World) -> list[str]:
    with world.vendor.owner.transaction() as session:
        return list(session.scalars(text("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'replay_')")))


def lists(world: World) -> int:
    return int(world.vendor.scalar("SELECT count(*) FROM vendor_customer"))


@pytest.fixture(autouse=True)
def delivered(world: World) -> None:
    """Every test begins with everything delivered."""
    world.publish()
    world.deliver()


def test_what_all_came_shows_no_difference(world: World) -> None:
    world.joined()
    work = replay(world)
    assert work.run().empty
    assert work.missing().count == 0


def test_what_never_came_is_named_shown_and_not_applied(world: World) -> None:
    world.joined()
    lost: UUID = world.register("Lost", world.link().token)
    world.publish()
    before, work = lists(world), replay(world)
    found = work.run()
    assert found.counts["vendor_customer"]["insert"] == 1
    assert [each.event_id for each in work.missing().events] == [world.event_of(lost)]
    with pytest.raises(ReplayRefused, match="1 events were published that never came here: `reconcile --heal`"):
        work.apply(found.digest)
    assert lists(world) == before


def test_once_it_has_come_there_is_nothing_left_to_do(world: World) -> None:
    lost = world.register("Lost", world.link().token)
    world.publish()
    work = replay(world)
    assert not work.run().empty
    world.deliver(lost)
    assert work.run().empty
    assert work.missing().count == 0


def test_only_what_was_asked_for_can_be_missing(world: World) -> None:
    came, lost = world.joined(), world.register("Lost", world.link().token)
    world.publish()
    work = replay(world, aggregates=(came,))
    assert work.run().empty
    assert work.missing().count == 0
    other = replay(world, aggregates=(lost,))
    other.run()
    assert other.missing().count == 1


def test_a_row_lost_here_is_mended_from_there(world: World) -> None:
    customer = world.joined()
    world.vendor.run("DELETE FROM vendor_customer WHERE customer_id = :who", who=customer)
    world.vendor.run("UPDATE customer SET name = 'Wrong' WHERE id = :who", who=customer)
    work = replay(world)
    work.apply(work.run().digest)
    assert replay(world).run().empty


def test_a_silent_publisher_is_a_sentence_and_leaves_nothing(world: World) -> None:
    world.joined()
    before = shadows(world)
    world.identity.way.down = True
    with pytest.raises(Unreachable, match="the log of identity cannot be read, nothing was changed: identity cannot"):
        replay(world, types=("customer.created",)).run()
    assert shadows(world) == before
