"""The stream process: keeps open pages informed, with a thread for each, up to a limit."""

from dataclasses import replace
from typing import cast

from services.notifications.settings import Settings
from services.notifications.streaming import EXTENSION, Hub, Pace
from shared.kit import settings as kit
from shared.kit.serve import serve
from shared.runtime.checks import database_checks
from shared.runtime.service import Service, database_of

SPARE = 8
"""Threads for those who are turned away, and for the operator's port."""


def run(service: Service, settings: kit.Settings) -> None:
    """Serve streams until SIGTERM; then all of them end, and the pages connect to another process or come back."""
    own = cast("Settings", settings)
    database = database_of(own, "stream", pool_size=4)
    app = service.create_app(own, database)
    pace = Pace(own.stream_limit, own.stream_tick_milliseconds / 1000, own.stream_heartbeat_seconds)
    app.extensions[EXTENSION] = Hub(database, pace)
    threaded = replace(own, web_workers=1, web_threads=own.stream_limit + SPARE)
    checks = database_checks(database, service)
    serve(app, threaded, checks, forked=database.forked, close=database.dispose)
