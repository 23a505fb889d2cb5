"""A migrated database for each module of tests, a session that leaves nothing behind, and a world of people to tell."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.notifications.asking import Identity
from services.notifications.dispatching import Dispatcher
from services.notifications.post_office import PostOffice
from services.notifications.settings import MIGRATIONS, Settings
from services.notifications.tests.mailbox import Mailbox, serving
from services.notifications.tests.sending import PACE
from services.notifications.tests.world import World, confirmed
from shared.kit.database import Database
from shared.kit.schema import MIGRATIONS as KIT_MIGRATIONS
from shared.kit.schema import migrate
from shared.kit.settings import Secret
from shared.runtime.service import MESSAGING_MIGRATIONS
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.plugin import ServiceDatabase


def settings_for(at: TestDatabase) -> Settings:
    """Settings as a process reads them, with a broker, an identity and a mail server that nobody answers at."""
    return Settings(
        service="notifications",
        environment="local",
        gateway_url="http://localhost:8000",
        secret_key=Secret("for tests only, and long enough for production too"),
        database_url=Secret(at.url),
        migrate_database_url=Secret(at.owner_url),
        broker_url=Secret("amqp://127.0.0.1:1//"),
        jwks_url="http://127.0.0.1:1/.well-known/jwks.json",
        rate_limits=False,
        notifications_smtp_url=Secret("smtp://127.0.0.1:1"),
        notifications_from="Market <post@market.example>",
    )


def migrated(at: TestDatabase) -> None:
    """Bring a database to the heads of all that the service stands on."""
    migrate(settings_for(at), [KIT_MIGRATIONS, MESSAGING_MIGRATIONS, MIGRATIONS])


@pytest.fixture(scope="module")
def settings(service_database: ServiceDatabase) -> Settings:
    """The settings of a notifications service with a database of this module's own."""
    return settings_for(service_database("notifications", migrated))


@pytest.fixture(scope="module")
def database(settings: Settings) -> Iterator[Database]:
    """The service's database, as its own role sees it."""
    made = Database(settings.database_url, application_name="notifications-tests", pool_size=8, lock_timeout=8)
    yield made
    made.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session whose work is undone at the end of the test."""
    with database.engine.connect() as connection:
        yield Session(connection)
        connection.rollback()


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
