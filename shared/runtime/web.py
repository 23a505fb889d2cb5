"""The web process of a service: its app on the public port, health and inspection on the internal one, never AMQP."""

from shared.kit.serve import serve
from shared.kit.settings import Settings
from shared.runtime.checks import database_checks
from shared.runtime.inspection.app import create_internal_app
from shared.runtime.service import Service, database_of


def run_web(service: Service, settings: Settings) -> None:
    """Serve until SIGTERM; ready while the database answers and its schema is one that this code can run on."""
    database = database_of(settings, "web", pool_size=settings.web_threads)
    app = service.create_app(settings, database)
    checks = database_checks(database, service)
    internal = create_internal_app(service, settings, database)
    serve(app, settings, checks, forked=database.forked, close=database.dispose, internal=internal)
