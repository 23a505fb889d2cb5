"""The processes of the catalog service: `python -m services.catalog web|relay|consumer|migrate|job …`."""

from services.catalog import __version__
from services.catalog.consumers import HANDLERS
from services.catalog.jobs import JOBS, SCHEDULE
from services.catalog.projections import PROJECTIONS
from services.catalog.settings import MIGRATIONS, read_settings
from shared.runtime.main import main
from shared.runtime.service import Service

SERVICE = Service(
    name="catalog",
    version=__version__,
    settings=read_settings,
    web="services.catalog.app",
    migrations=MIGRATIONS,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    jobs=JOBS,
    schedule=SCHEDULE,
)

if __name__ == "__main__":
    main(SERVICE)
