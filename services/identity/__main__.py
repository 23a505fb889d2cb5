"""Run identity: `python -m services.identity web|relay|consumer|migrate|job NAME`."""

from services.identity import __version__
from services.identity.api import inside
from services.identity.app import create_app
from services.identity.consumers import HANDLERS
from services.identity.jobs import JOBS
from services.identity.settings import MIGRATIONS, read_settings
from shared.runtime.main import main
from shared.runtime.service import Service

SERVICE = Service(
    name="identity",
    version=__version__,
    settings=read_settings,
    create_app=create_app,
    migrations=MIGRATIONS,
    handlers=HANDLERS,
    jobs=JOBS,
    inside=[inside.blueprint],
)

if __name__ == "__main__":
    main(SERVICE)
