"""The processes of notifications: `python -m services.notifications web|consumer|dispatcher|stream|job …`."""

from services.notifications import __version__
from services.notifications.consumers import HANDLERS
from services.notifications.jobs import JOBS, SCHEDULE
from services.notifications.projections import PROJECTIONS
from services.notifications.reconciliations import RECONCILIATIONS
from services.notifications.settings import MIGRATIONS, read_settings
from shared.runtime.main import main
from shared.runtime.service import Service

SERVICE = Service(
    name="notifications",
    version=__version__,
    settings=read_settings,
    web="services.notifications.app",
    migrations=MIGRATIONS,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    jobs=JOBS,
    schedule=SCHEDULE,
    reconciliations=RECONCILIATIONS,
    processes={
        "dispatcher": "services.notifications.processes.dispatcher",
        "stream": "services.notifications.processes.stream",
    },
)

if __name__ == "__main__":
    main(SERVICE)
