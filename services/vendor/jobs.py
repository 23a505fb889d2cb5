"""What an operator does to vendors until admins have a page for it; each prints one line of JSON."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import click

from services.vendor.domain import mappings, standing, sweeping, vendors
from services.vendor.models import Vendor
from shared.kit import housekeeping
from shared.runtime.jobs import opened, say
from shared.runtime.service import Scheduled, Service

PAGE = 1000


@click.command("create-vendor", epilog="Example: job create-vendor --user-id 019a9d3c-2f00-… --name Acme")
@click.option("--user-id", type=click.UUID, required=True, help="The user who shall be a vendor.")
@click.option("--name", required=True, help='What the vendor is called; a number is added if somebody is: "Acme 2".')
@click.option("--commission-bps", type=click.IntRange(0, 10_000), help="In basis points; else the default rate.")
@click.pass_obj
def create_vendor(service: Service, user_id: UUID, name: str, commission_bps: int | None) -> None:
    """Make a user an approved vendor, once; a user who is one already is shown as they are."""
    with opened(service, "create-vendor") as (settings, database), database.transaction() as session:
        rate = settings.default_commission_bps if commission_bps is None else commission_bps
        _show(vendors.create(session, user_id, name, commission_bps=rate, now=datetime.now(UTC)))


@click.command("suspend-vendor", epilog='Example: job suspend-vendor --slug acme --reason "Many complaints"')
@click.option("--slug", required=True, help="Whom.")
@click.option("--reason", required=True, help="Why; the vendor reads it.")
@click.pass_obj
def suspend_vendor(service: Service, slug: str, reason: str) -> None:
    """Stop a vendor from selling; the customer list stays as it is."""
    with opened(service, "suspend-vendor") as (_, database), database.transaction() as session:
        _show(standing.suspend(session, slug, reason, datetime.now(UTC)))


@click.command("reactivate-vendor", epilog="Example: job reactivate-vendor --slug acme")
@click.option("--slug", required=True, help="Whom.")
@click.pass_obj
def reactivate_vendor(service: Service, slug: str) -> None:
    """Let a suspended vendor sell again."""
    with opened(service, "reactivate-vendor") as (_, database), database.transaction() as session:
        _show(standing.reactivate(session, slug, datetime.now(UTC)))


@click.command("restore-mappings", epilog="Example: job restore-mappings, after rows of vendor_customer were lost")
@click.pass_obj
def restore_mappings(service: Service) -> None:
    """Make the customer lists' missing rows again from what was recorded; rows that are there stay as they are."""
    with opened(service, "restore-mappings") as (_, database), database.transaction() as session:
        say({"restored": mappings.restore(session)})


@click.command("prune", epilog="Example: job prune; the scheduler does it every hour")
@click.pass_obj
def prune(service: Service) -> None:
    """Remove expired idempotency keys and rate windows."""
    with opened(service, "prune") as (_, database):
        say(housekeeping.sweep(database))


@click.command("sweep-files", epilog="Example: job sweep-files; the scheduler does it every six hours")
@click.option("--hours", default=1.0, show_default=True, help="Files that were stored before so long: none under way.")
@click.pass_obj
def sweep_files(service: Service, hours: float) -> None:
    """Remove documents of people who have left, and files that no document and no profile speaks of."""
    with opened(service, "sweep-files") as (settings, database):
        with database.transaction() as session:
            forgotten = sweeping.forget_documents(session)
        before, removed = datetime.now(UTC) - timedelta(hours=hours), 0
        for folder in sweeping.FOLDERS:
            old = [kept.key for kept in settings.storage.kept(folder) if kept.since <= before]
            for start in range(0, len(old), PAGE):
                batch = old[start : start + PAGE]
                with database.transaction() as session:
                    orphans = sweeping.orphans(session, batch)
                for key in orphans:
                    settings.storage.delete(key)
                removed += len(orphans)
    say({"forgotten": forgotten, "removed": removed})


def _show(vendor: Vendor) -> None:
    fields = ("id", "user_id", "name", "slug", "code", "status", "commission_bps", "version")
    say({field: getattr(vendor, field) for field in fields})


JOBS = (create_vendor, suspend_vendor, reactivate_vendor, restore_mappings)
SCHEDULE = (
    Scheduled(command=prune, every=timedelta(hours=1)),
    Scheduled(command=sweep_files, every=timedelta(hours=6)),
)
