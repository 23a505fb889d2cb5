"""What every process that works on a service's database looks at before it calls itself ready."""

from shared.kit.database import Database
from shared.kit.health import Checks
from shared.kit.schema import incompatibilities
from shared.runtime.service import Service


def database_checks(database: Database, service: Service) -> Checks:
    """Readiness checks of its database and the schema in it."""
    return {
        "database": database.ping,
        "schema": lambda: "; ".join(incompatibilities(database.engine, service.versions)) or None,
    }
