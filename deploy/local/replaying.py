"""`market replay` and `market rebuild`: a service's own commands, run in the settings of the running system."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from deploy.local import checkout
from deploy.local.plan import services
from deploy.local.running import plan_of, running_state

PASSED_ON = {"ignore_unknown_options": True}


@click.command(context_settings=PASSED_ON)
@click.argument("service")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def replay(service: str, arguments: tuple[str, ...]) -> NoReturn:
    """Handle a service's events again in a shadow of its tables, and show what differs from the live ones.

    Exit codes: 0 no difference, or applied; 3 a difference, or nothing is running; 1 refused; 2 misused.

    \b
    Examples:
      ./market replay vendor -- --help
      ./market replay vendor --customer 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21
      ./market replay vendor --type customer.created --since 2026-11-01 --json
    """
    _become(service, ["replay", *arguments])


@click.command(context_settings=PASSED_ON)
@click.argument("table", metavar="SERVICE.TABLE")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def rebuild(table: str, arguments: tuple[str, ...]) -> NoReturn:
    """Make a derived table again from its logs, compare it byte for byte, and let it replace the live one.

    \b
    Examples:
      ./market rebuild vendor.vendor_customer
      ./market rebuild vendor.vendor_customer --swap --json
    """
    service, _, name = table.partition(".")
    _become(service, ["rebuild", name, *arguments])


@click.command(context_settings=PASSED_ON)
@click.argument("service")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def export(service: str, arguments: tuple[str, ...]) -> NoReturn:
    """Write a slice of a service's events, redacted, as a file that a test loads; or a test that fails with it.

    What is written is JSON lines as it is; there is no --json.

    \b
    Examples:
      ./market events export vendor -- --help
      ./market events export vendor --redact --customer 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21 --output slice.jsonl
      ./market events export vendor --redact --id 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21 \\
          --as-test services/vendor/tests/test_parked.py
    """
    _become(service, ["export-events", *arguments])


def _become(service: str, arguments: Sequence[str]) -> NoReturn:
    if service not in services():
        raise click.UsageError(f"there is no service called {service}; there are {', '.join(services())}")
    environment = {
        **plan_of(running_state()).environment(service),
        "TERM": os.environ.get("TERM", "dumb"),
        "PYTHONPATH": str(checkout.ROOT),
    }
    os.chdir(checkout.caller())  # where the files lie that are named in the arguments
    command = [sys.executable, "-P", "-m", f"services.{service}", *arguments]
    os.execve(sys.executable, command, environment)  # noqa: S606 - becomes the service's own command
