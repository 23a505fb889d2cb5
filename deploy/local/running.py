"""The system that runs from this checkout, for commands that need one; without it they end with a sentence."""

from __future__ import annotations

import sys
import time
from typing import Any, NoReturn

import click

from deploy.local import checkout
from deploy.local.plan import Plan

NOT_RUNNING = 3


def running_state() -> dict[str, Any]:
    """What the running system says of itself; exit code 3 if there is none."""
    state = checkout.read_state()
    if state is None:
        fail("nothing is running: ./market up", NOT_RUNNING)
    return state


def ready_state(timeout: float = 120) -> dict[str, Any]:
    """The same, once a system that is starting has started; exit code 1 if it has not within so many seconds."""
    deadline = time.monotonic() + timeout
    while not (state := running_state())["ready"] and time.monotonic() < deadline:
        time.sleep(0.1)
    return state


def plan_of(state: dict[str, Any]) -> Plan:
    """The addresses of the running system; exit code 1 while it is still starting."""
    if not state["ready"]:
        fail("the marketplace is still starting: ./market status")
    return Plan(state["postgres_url"], state["broker_url"], state["address"], ports=dict(state["ports"]))


def fail(sentence: str, code: int = 1) -> NoReturn:
    """Say why not, and end."""
    click.echo(f"market: {sentence}", err=True)
    sys.exit(code)
