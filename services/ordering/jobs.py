"""What runs by the clock: orders whose time is over are called off, and what nobody needs any more is forgotten."""

from datetime import UTC, datetime, timedelta

import click

from services.ordering.domain import carts, leaving, timeouts
from shared.kit import housekeeping
from shared.runtime.jobs import opened, say
from shared.runtime.service import Scheduled, Service

AT_ONCE = 200


@click.command("advance-sagas", epilog="Example: job advance-sagas; the scheduler does it every 2 seconds")
@click.pass_obj
def advance_sagas(service: Service) -> None:
    """Call off the orders that were not confirmed in time, and ask catalog to take their stock back."""
    done = AT_ONCE
    total = 0
    with opened(service, "advance-sagas") as (_, database):
        while done == AT_ONCE:
            with database.transaction() as session:
                done = timeouts.advance(session, datetime.now(UTC), AT_ONCE)
            total += done
    say({"cancelled": total})


@click.command("forget-people", epilog="Example: job forget-people; the scheduler does it every hour")
@click.pass_obj
def forget_people(service: Service) -> None:
    """Forget the carts of who has left, and where their orders were sent once these are over."""
    with opened(service, "forget-people") as (_, database), database.transaction() as session:
        forgotten = leaving.forget(session)
    say(forgotten)


@click.command("prune", epilog="Example: job prune; the scheduler does it every hour")
@click.pass_obj
def prune(service: Service) -> None:
    """Remove expired idempotency keys, rate windows, and the carts that nobody came back to."""
    with opened(service, "prune") as (settings, database):
        with database.transaction() as session:
            old = carts.prune(session, datetime.now(UTC) - timedelta(days=settings.anonymous_cart_days))
        say({**housekeeping.sweep(database), "cart": old})


JOBS = ()
SCHEDULE = (
    Scheduled(command=advance_sagas, every=timedelta(seconds=2)),
    Scheduled(command=forget_people, every=timedelta(hours=1)),
    Scheduled(command=prune, every=timedelta(hours=1)),
)
