"""What an operator does to vendors until admins have a page for it; each prints one line of JSON."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

import click
import orjson

from services.vendor.domain import mappings, standing, vendors
from services.vendor.models import Vendor
from services.vendor.settings import Settings
from shared.kit import housekeeping
from shared.kit.database import Database
from shared.kit.errors import Refusal
from shared.runtime.service import Service, database_of


@click.command("create-vendor", epilog="Example: job create-vendor --user-id 019a9d3c-2f00-… --name Acme")
@click.option("--user-id", type=click.UUID, required=True, help="The user who shall be a vendor.")
@click.option("--name", required=True, help='What the vendor is called; a number is added if somebody is: "Acme 2".')
@click.option("--commission-bps", type=click.IntRange(0, 10_000), help="In basis points; else the default rate.")
@click.pass_obj
def create_vendor(service: Service, user_id: UUID, name: str, commission_bps: int | None) -> None:
    """Make a user an approved vendor, once; a user who is one already is shown as they are."""
    with _opened(service) as (settings, database), database.transaction() as session:
        rate = settings.default_commission_bps if commission_bps is None else commission_bps
        _show(vendors.create(session, user_id, name, commission_bps=rate, now=datetime.now(UTC)))


@click.command("suspend-vendor", epilog='Example: job suspend-vendor --slug acme --reason "Many complaints"')
@click.option("--slug", required=True, help="Whom.")
@click.option("--reason", required=True, help="Why; the vendor reads it.")
@click.pass_obj
def suspend_vendor(service: Service, slug: str, reason: str) -> None:
    """Stop a vendor from selling; the customer list stays as it is."""
    with _opened(service) as (_, database), database.transaction() as session:
        _show(standing.suspend(session, slug, reason, datetime.now(UTC)))


@click.command("reactivate-vendor", epilog="Example: job reactivate-vendor --slug acme")
@click.option("--slug", required=True, help="Whom.")
@click.pass_obj
def reactivate_vendor(service: Service, slug: str) -> None:
    """Let a suspended vendor sell again."""
    with _opened(service) as (_, database), database.transaction() as session:
        _show(standing.reactivate(session, slug, datetime.now(UTC)))


@click.command("restore-mappings", epilog="Example: job restore-mappings, after rows of vendor_customer were lost")
@click.pass_obj
def restore_mappings(service: Service) -> None:
    """Make the customer lists' missing rows again from what was recorded; rows that are there stay as they are."""
    with _opened(service) as (_, database), database.transaction() as session:
        _say({"restored": mappings.restore(session)})


@click.command("prune", epilog="Example: job prune, once an hour")
@click.pass_obj
def prune(service: Service) -> None:
    """Remove expired idempotency keys and rate windows."""
    with _opened(service) as (_, database):
        _say(housekeeping.sweep(database))


JOBS = (create_vendor, suspend_vendor, reactivate_vendor, restore_mappings, prune)


@contextmanager
def _opened(service: Service) -> Iterator[tuple[Settings, Database]]:
    """The settings and the database of one job; what the domain refuses becomes the command's error."""
    settings = cast("Settings", service.settings())
    database = database_of(settings, "job", pool_size=1)
    try:
        yield settings, database
    except Refusal as refusal:
        faults = [f"{field}: {fault}" for field, fault in refusal.fields.items()]
        raise click.ClickException(" ".join([refusal.detail, *faults])) from refusal
    finally:
        database.dispose()


def _show(vendor: Vendor) -> None:
    fields = ("id", "user_id", "name", "slug", "code", "status", "commission_bps", "version")
    _say({field: getattr(vendor, field) for field in fields})


def _say(fact: Mapping[str, object]) -> None:
    """Print one line of JSON, for people and for programs."""
    click.echo(orjson.dumps(fact))
