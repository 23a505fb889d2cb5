"""A dispatcher whose rounds are done by hand, a mailbox to send to, and what became of a delivery."""

from datetime import timedelta
from uuid import UUID

from services.notifications.dispatching import Dispatcher, Pace
from services.notifications.models import Delivery
from shared.kit.database import Database
from tests.eventually import eventually

PACE = Pace(retry=0.01, attempts=5, age=timedelta(hours=96), idle=0.01, tidy=0)


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
