"""What runs by the clock, and what an operator may ask for: what is old is forgotten, and a template is shown."""

from datetime import UTC, datetime, timedelta

import click

from services.notifications.domain import leaving, messages, previews, telling
from services.notifications.domain.kinds import Kind
from services.notifications.domain.languages import LANGUAGES
from shared.kit import housekeeping
from shared.runtime.jobs import opened, say
from shared.runtime.service import Scheduled, Service


@click.command("prune", epilog="Example: job prune; the scheduler does it every hour")
@click.pass_obj
def prune(service: Service) -> None:
    """Remove messages that were read long ago, those of who has left, expired idempotency keys and rate windows."""
    with opened(service, "prune") as (settings, database):
        before, purged, batch = datetime.now(UTC) - timedelta(days=settings.read_messages_days), 0, messages.AT_ONCE
        while batch == messages.AT_ONCE:
            with database.transaction() as session:
                batch = messages.purge(session, before)
            purged += batch
        with database.transaction() as session:
            late = leaving.forget_late(session)
        say({**housekeeping.sweep(database), "message": purged, "message_of_erased": late})


@click.command("address", epilog="Example: job address; the scheduler does it every minute")
@click.pass_obj
def address(service: Service) -> None:
    """Tell owners of shops what was set aside while somebody else was still writing whose shop it is."""
    with opened(service, "address") as (_, database), database.transaction() as session:
        addressed = telling.address(session)
    say({"addressed": addressed})


@click.command("preview", epilog="Example: job preview order_confirmed --language de")
@click.argument("kind", type=click.Choice([str(kind) for kind in Kind]))
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option("--html", "as_html", is_flag=True, help="Print the HTML part alone.")
@click.pass_obj
def preview(service: Service, kind: str, language: str, *, as_html: bool) -> None:
    """Show what people read, with sample data: the mail's subject and text, and the line in the app."""
    with opened(service, "preview") as (settings, _):
        shown = previews.of(Kind(kind), language, settings.post)
    words = f"{shown['subject']}\n{shown['line']}\n\n{shown['text']}"
    say(shown, shown["html"] if as_html else words)


JOBS = (preview,)
SCHEDULE = (
    Scheduled(command=address, every=timedelta(minutes=1)),
    Scheduled(command=prune, every=timedelta(hours=1)),
)
