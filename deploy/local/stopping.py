"""`market stop` and `market start`: a service, or one program, taken out of the running system and put back."""

from __future__ import annotations

import json

import click

from deploy.local import checkout, control
from deploy.local.running import fail, running_state

names_of = click.argument("names", nargs=-1, required=True)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a line.")


@click.command()
@names_of
@as_json
def stop(names: tuple[str, ...], as_json: bool) -> None:
    """Stop services, or single processes of them, and leave them stopped; the rest goes on.

    What waits for them is kept: it is done once they are started again. `market status` says what is stopped.

    Example: ./market stop vendor
    """
    _order("stop", names, as_json)


@click.command()
@names_of
@as_json
def start(names: tuple[str, ...], as_json: bool) -> None:
    """Start again what was stopped, and return when it is ready; 1 when it does not get ready.

    Example: ./market start vendor
    """
    _order("start", names, as_json)


def _order(act: str, names: tuple[str, ...], as_json: bool) -> None:
    running_state()
    try:
        programs = control.ask(checkout.CONTROL, act, names)
    except RuntimeError as problem:
        fail(str(problem))
    if as_json:
        click.echo(json.dumps({"programs": programs}, indent=2))
        return
    for each in programs:
        click.echo(f"{each['name']} {'runs' if each['state'] == 'running' else 'is stopped'}")
