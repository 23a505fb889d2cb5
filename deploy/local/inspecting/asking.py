"""How the commands reach the services, and how they end when something cannot be done."""

from __future__ import annotations

import dataclasses
import functools
import getpass
from collections.abc import Callable
from typing import Any, TypeVar

import click
import orjson

from deploy.local import checkout
from deploy.local.plan import internal_urls
from deploy.local.running import fail, running_state
from shared.inspection.client import CannotAsk, NotThere, Refused, Services, reachable
from shared.inspection.events import BadCursor
from shared.inspection.explain import NobodyKnown

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
one_service = click.option("--service", help="Only this service's.")


def running() -> Services:
    """The services of this checkout's running system; ends the command with 3 if there is none."""
    return reachable(internal_urls(running_state()["ports"]), checkout.secret("service token"))


def told_plainly(command: Command) -> Command:
    """End a command with one sentence and 1 when there is no such thing or nobody answers; nothing has changed then."""

    @functools.wraps(command)
    def guarded(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except (NobodyKnown, NotThere, CannotAsk, Refused, BadCursor) as problem:
            fail(str(problem))

    return guarded  # type: ignore[return-value]


def known(services: Services, name: str | None) -> str | None:
    """Refuse a service that does not exist, naming those that do."""
    if name is not None and name not in services.names:
        fail(f"there is no service called {name}; there are {', '.join(services.names)}")
    return name


def actor() -> str:
    """Who sits at this terminal, for the record."""
    try:
        return f"{getpass.getuser()}, by market"
    except (OSError, KeyError):
        return "somebody, by market"


def print_json(value: Any) -> None:
    """Print a dataclass, or anything of JSON's, for programs."""
    plain = dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
    click.echo(orjson.dumps(plain, option=orjson.OPT_UTC_Z | orjson.OPT_INDENT_2).decode())
