"""The processes of the ordering service: `python -m services.ordering web|relay|consumer|migrate|job …`."""

from services.ordering import __version__
from services.ordering.consumers import HANDLERS
from services.ordering.jobs import JOBS, SCHEDULE
from services.ordering.projections import PROJECTIONS
from services.ordering.reconciliations import RECONCILIATIONS
from services.ordering.settings import MIGRATIONS, read_settings
from shared.runtime.main import main
from shared.runtime.service import Service

SERVICE = Service(
    name="ordering",
    version=__version__,
    settings=read_settings,
    web="services.ordering.app",
    migrations=MIGRATIONS,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    jobs=JOBS,
    schedule=SCHEDULE,
    reconciliations=RECONCILIATIONS,
)

if __name__ == "__main__":
    main(SERVICE)
