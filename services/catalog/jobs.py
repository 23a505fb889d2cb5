"""What an operator or the clock does; each job prints one line of JSON."""

from datetime import UTC, datetime, timedelta

import click

from services.catalog.domain.importing import files
from services.catalog.expiring import end_overdue
from services.catalog.importing import Importer
from shared.inspection.client import services
from shared.kit import housekeeping
from shared.runtime.jobs import opened, say
from shared.runtime.service import Scheduled, Service


@click.command("prune", epilog="Example: job prune; the scheduler does it every hour")
@click.pass_obj
def prune(service: Service) -> None:
    """Remove expired idempotency keys and rate windows, and imports that nobody has touched for 90 days."""
    with opened(service, "prune") as (_, database):
        with database.transaction() as session:
            removed = files.prune(session, datetime.now(UTC))
        say({"import_job": removed, **housekeeping.sweep(database)})


@click.command("expire-reservations", epilog="Example: job expire-reservations; the scheduler does it every 5 seconds")
@click.pass_obj
def expire_reservations(service: Service) -> None:
    """Let others buy what orders had put aside and did not confirm in time."""
    with opened(service, "expire-reservations") as (settings, database):
        say(end_overdue(database, services(settings), datetime.now(UTC))._asdict())


@click.command("run-imports", epilog="Example: job run-imports; the scheduler does it every second")
@click.pass_obj
def run_imports(service: Service) -> None:
    """Check the files of products that vendors have sent, and apply those that they have accepted."""
    with opened(service, "run-imports") as (settings, database):
        say(Importer(database, settings.storage).work()._asdict())


JOBS = ()
SCHEDULE = (
    Scheduled(command=prune, every=timedelta(hours=1)),
    Scheduled(command=run_imports, every=timedelta(seconds=1)),
    Scheduled(command=expire_reservations, every=timedelta(seconds=5)),
)
