"""The processes of the vendor service: `python -m services.vendor web|relay|consumer|scheduler|migrate|job …`."""

from services.vendor import __version__
from services.vendor.consumers import HANDLERS
from services.vendor.jobs import JOBS, SCHEDULE
from services.vendor.projections import PROJECTIONS
from services.vendor.reconciliations import RECONCILIATIONS
from services.vendor.settings import MIGRATIONS, read_settings
from shared.runtime.main import main
from shared.runtime.service import Service

SERVICE = Service(
    name="vendor",
    version=__version__,
    settings=read_settings,
    web="services.vendor.app",
    migrations=MIGRATIONS,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    jobs=JOBS,
    schedule=SCHEDULE,
    reconciliations=RECONCILIATIONS,
)

if __name__ == "__main__":
    main(SERVICE)
