"""The filters that choose events on a command line, and what makes no sense among them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from shared.events.event import known
from shared.messaging.replay.selection import Selection
from shared.runtime.service import Service

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])
F = TypeVar("F", bound=Callable[..., Any])

_FILTERS = (
    click.option("--type", "types", multiple=True, help="Only events of this type; may be given again."),
    click.option("--customer", "aggregates", type=click.UUID, multiple=True, help="Only events of this aggregate."),
    click.option("--id", "events", type=click.UUID, multiple=True, help="Only the event with this id."),
    click.option("--since", type=MOMENT, help="Only what happened at or after this moment (UTC)."),
    click.option("--until", type=MOMENT, help="Only what happened before this moment (UTC)."),
)


def filters_of(command: F) -> F:
    """Give a command the options that `selection_of` reads."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


def selection_of(service: Service, **given: Any) -> Selection:
    """What was asked for; `UsageError` names what is no event here, or is still to come."""
    heard = {event.type for event in service.handlers}
    for name in given["types"]:
        if name not in heard:
            known_at_all = "is not listened to here" if name in known() else "is no event"
            raise click.UsageError(f"{name} {known_at_all}; {service.name} listens to {', '.join(sorted(heard))}")
    since, until, as_of = (_utc(given.pop(name, None)) for name in ("since", "until", "as_of"))
    if as_of and as_of > datetime.now(UTC):
        raise click.UsageError(f"--as-of {as_of:%Y-%m-%d %H:%M} is in the future")
    return Selection(**given, since=since, until=until, as_of=as_of)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
