"""The jobs that every service has: replays leave something behind, and people who leave must not stay in the logs."""

from datetime import UTC, datetime, timedelta

import click

from shared.messaging import scrubbing
from shared.messaging.replay import remains
from shared.runtime.jobs import opened, say
from shared.runtime.service import Service


@click.command("drop-shadows", epilog="Example: job drop-shadows --hours 0; the scheduler does it every hour")
@click.option("--hours", default=24.0, show_default=True, help="Those of replays begun longer ago than this.")
@click.pass_obj
def drop_shadows(service: Service, hours: float) -> None:
    """Drop what replays have shown and nobody applied; a replay that is running keeps what it works on."""
    with opened(service, "drop-shadows") as (_, database), database.transaction() as session:
        dropped = remains.drop(session.connection(), timedelta(hours=hours))
    say({"dropped": len(dropped), "shadows": dropped})


@click.command("scrub-erased", epilog="Example: job scrub-erased; the scheduler does it every day")
@click.option("--days", type=click.FloatRange(0), help="Of people who left longer ago than this [SCRUB_ERASED_DAYS].")
@click.pass_obj
def scrub_erased(service: Service, days: float | None) -> None:
    """Replace names, e-mails and tokens of people who have left in the logs of events; all else of these stays."""
    scrubbed = 0
    with opened(service, "scrub-erased") as (settings, database):
        before = datetime.now(UTC) - timedelta(days=settings.scrub_erased_days if days is None else days)
        while True:
            with database.transaction() as session:
                batch = scrubbing.scrub(session, before)
            scrubbed += batch
            if not batch:
                break
    say({"scrubbed": scrubbed})
