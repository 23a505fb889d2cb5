"""The dispatcher process: sends mails that are due, each at most once, and waits for a mail server that is down."""

from datetime import timedelta
from typing import cast

import structlog

from services.notifications.asking import Identity
from services.notifications.dispatching import Dispatcher, Pace
from services.notifications.post_office import PostOffice
from services.notifications.settings import Settings
from shared.kit import settings as kit
from shared.kit.health import Heartbeat
from shared.runtime.checks import database_checks
from shared.runtime.processes import until_told, watched
from shared.runtime.service import Service, database_of

log = structlog.get_logger(__name__)


def run(service: Service, settings: kit.Settings) -> None:
    """Dispatch until SIGTERM; without a mail server, which only the local system may be, mails wait."""
    own = cast("Settings", settings)
    database, heartbeat = database_of(own, "dispatcher", pool_size=3), Heartbeat(patience=own.mail_timeout_seconds * 6)
    dispatcher = Dispatcher(
        database,
        PostOffice(own.notifications_smtp_url or "", own.mail_timeout_seconds),
        own.post,
        pace_of(own),
        Identity(own),
        beat=heartbeat.beat,
    )
    checks = {**database_checks(database, service), "mail_server": lambda: dispatcher.down}
    with until_told(dispatcher.stop), watched(own, checks, heartbeat):
        if own.notifications_smtp_url:
            dispatcher.run()
        else:
            log.warning("mail_server.none", advice="set NOTIFICATIONS_SMTP_URL: until then mails wait")
            while not dispatcher.stop.wait(1):
                heartbeat.beat()
    database.dispose()


def pace_of(settings: Settings) -> Pace:
    """What is configured of sending."""
    return Pace(
        retry=settings.mail_retry_seconds,
        attempts=settings.mail_max_attempts,
        age=timedelta(hours=settings.mail_max_hours),
        per_second=settings.mails_per_second,
        per_hour=settings.mails_per_person_hour,
    )
