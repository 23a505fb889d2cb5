"""Run identity: `python -m services.identity web|relay|consumer|scheduler|migrate|job NAME`."""

from services.identity import __version__
from services.identity.consumers import HANDLERS
from services.identity.jobs import JOBS, SCHEDULE
from services.identity.settings import MIGRATIONS, read_settings
from shared.runtime.main import main
from shared.runtime.service import Service

SERVICE = Service(
    name="identity",
    version=__version__,
    settings=read_settings,
    web="services.identity.app",
    migrations=MIGRATIONS,
    handlers=HANDLERS,
    jobs=JOBS,
    schedule=SCHEDULE,
)

if __name__ == "__main__":
    main(SERVICE)
