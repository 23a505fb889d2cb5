"""A migrated database for each module of tests, a session that leaves nothing behind, and a world of people to tell."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.notifications.asking import Identity
from services.notifications.dispatching import Dispatcher
from services.notifications.post_office import PostOffice
from services.notifications.settings import Settings
from services.notifications.tests.mailbox import Mailbox, serving
from services.notifications.tests.sending import PACE
from services.notifications.tests.world import World, confirmed
from shared.kit.database import Database
from shared.kit.settings import Secret
from tests.infrastructure.plugin import ServiceDatabase
from tests.infrastructure.settings import settings_of


@pytest.fixture(scope="module")
def settings(service_database: ServiceDatabase) -> Settings:
    """The settings of a notifications service with a database of this module's own."""
    return settings_of(
        Settings,
        service_database("notifications"),
        notifications_smtp_url=Secret("smtp://127.0.0.1:1"),
        notifications_from="Market <post@market.example>",
    )


@pytest.fixture
def world(session: Session) -> World:
    """People and shops of one test, which leave nothing behind."""
    return World(session)


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def dispatch(database: Database, settings: Settings, box: Mailbox, nothing_else: None) -> Iterator[Dispatcher]:
    """A dispatcher whose rounds are done by hand."""
    with serving(box) as url:
        made = Dispatcher(database, PostOffice(url, 5), settings.post, PACE, Identity(settings))
        yield made
        made.stop.set()
        made.run()


@pytest.fixture
def nothing_else(database: Database) -> None:
    """No delivery of another test is due."""
    with database.transaction() as session:
        session.execute(text("DELETE FROM delivery"))


@pytest.fixture
def order(database: Database, nothing_else: None) -> Callable[..., UUID]:
    """Somebody whose order was confirmed: their delivery's id."""

    def place(**given: str) -> UUID:
        with database.transaction() as session:
            world = World(session)
            ada = world.person(**given)
            world.tell(confirmed(ada))
            return world.deliveries(ada)[0].id

    return place
