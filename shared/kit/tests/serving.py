"""The shop as a real process: `python -m shared.kit.tests.serving`, set up by its environment."""

from __future__ import annotations

import os
import time
from contextlib import suppress

import structlog
from sqlalchemy.exc import OperationalError

from shared.kit import logging
from shared.kit.auth import anyone
from shared.kit.database import Database
from shared.kit.operations import Blueprint
from shared.kit.serve import serve
from shared.kit.settings import Settings, read
from shared.kit.stated import answers
from shared.kit.tests import test_idempotency, test_paging, test_rate
from shared.kit.tests.shop import open_shop, things
from shared.kit.web import Answer

slow = Blueprint("slow", __name__)
begun: list[float] = []


@slow.get("/slow")
@anyone
@answers(None)
def work() -> Answer:
    """Take a second."""
    begun.append(time.time())
    time.sleep(1)
    return {"worker": os.getpid()}


@slow.get("/begun")
@anyone
@answers(None)
def count() -> Answer:
    """Say how many of those this worker has begun."""
    return {"begun": len(begun)}


def main() -> None:
    """Serve until told to stop."""
    settings = read(Settings, service="kit")
    logging.configure(service="kit", process="web")
    database = Database(settings.database_url, application_name="kit-web")
    blueprints = [things, slow, test_paging.letters, test_rate.doors, test_idempotency.orders]
    app = open_shop(settings, database, blueprints)

    def close() -> None:
        database.dispose()
        structlog.get_logger().info("closed")

    with suppress(OperationalError):
        database.ping()  # a service may read something while its app is built, before the workers are forked
    serve(app, settings, {"database": database.ping}, forked=database.forked, close=close)


if __name__ == "__main__":
    main()
