"""`market events`: the events of all services, one of them in full, and what it caused."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

import click

from deploy.local.inspecting.asking import as_json, known, one_service, print_json, running, told_plainly
from deploy.local.inspecting.printing import clock, hanging, lasting, mark, paragraph
from shared.inspection import events as composer
from shared.inspection.client import Services
from shared.inspection.trace import Delivery, Node, Trace, trace

LOOK_EVERY_SECONDS = 0.5
SEEN = {"published": True, "unroutable": None, "unpublished": None, "handled": True, "parked": False, "retry": False}


@click.group()
def events() -> None:
    """Every event of every service. Example: ./market events list --type customer.created"""


@events.command("list")
@click.option("--type", "type", help="As on the wire: customer.created.")
@click.option("--aggregate", help="The id that the event is about.")
@click.option("--customer", help="Events that speak of this customer's id.")
@click.option("--vendor", help="Events that speak of this vendor's id.")
@click.option("--correlation", help="Everything of one request.")
@click.option("--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]), help="From then on, UTC.")
@click.option("--until", type=click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]), help="Before then, UTC.")
@click.option("--status", help="published, unpublished or unroutable.")
@one_service
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 500))
@click.option("--cursor", help="Go on where the last list ended.")
@click.option("--follow", "-f", is_flag=True, help="Go on as events come; Ctrl-C ends it.")
@as_json
@told_plainly
def list_events(
    limit: int, cursor: str | None, service: str | None, customer: str | None, vendor: str | None,
    since: datetime | None, until: datetime | None, follow: bool, as_json: bool, **asked: str | None,
) -> None:  # fmt: skip
    """List events, newest first; with --follow the new ones as they come.

    \b
    Example:
      ./market events list --customer 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21
      ./market events list --type vendor_customer.linked --follow
    """
    services = running()
    wanted: dict[str, Any] = {**asked, "about": customer or vendor, "service": known(services, service)}
    wanted |= {"since": since and f"{since.isoformat()}Z", "until": until and f"{until.isoformat()}Z"}
    if follow:
        _follow(services, wanted, as_json)
    found = composer.listed(services, wanted, limit=limit, cursor=cursor)
    if as_json:
        print_json(found)
        return
    for event in found.items:
        click.echo(_line(event))
    if not found.items:
        click.echo("no event is like that")
    for why in found.silent.values():
        click.echo(paragraph(why), err=True)
    if found.next_cursor:
        click.echo(f"older: --cursor {found.next_cursor}")


@events.command()
@click.argument("event_id", type=click.UUID)
@as_json
@told_plainly
def show(event_id: object, as_json: bool) -> None:
    """Show one event as it is stored. Example: ./market events show 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"""
    found = composer.found(running(), str(event_id))
    found["envelope"] = json.loads(found["envelope"])
    if as_json:
        print_json(found)
        return
    for name in ("service", "type", "event_id", "state", "correlation_id", "causation_id", "published_at"):
        click.echo(f"{name.replace('_', ' '):<15} {found[name] or '-'}")
    for line in json.dumps(found["envelope"], indent=2, ensure_ascii=False).splitlines():
        for part in hanging("", line.strip(), len(line) - len(line.lstrip())):
            click.echo(" " * (len(line) - len(line.lstrip())) + part.lstrip())


@events.command("trace")
@click.argument("event_id", type=click.UUID)
@as_json
@told_plainly
def show_trace(event_id: object, as_json: bool) -> None:
    """Show what the request of an event caused. Example: ./market events trace 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"""
    found = trace(running(), str(event_id))
    if as_json:
        print_json(found)
        return
    click.echo(f"request {found.correlation_id}, {lasting(found.seconds)[1:] or '0 ms'} in all"[:80])
    for root in found.roots:
        _tree(root, found, "")
    for why in found.silent.values():
        click.echo(paragraph(why))


def _follow(services: Services, wanted: dict[str, Any], as_json: bool) -> None:
    """Never returns: Ctrl-C ends it."""
    places: dict[str, int] = {}
    asked = {name: value for name, value in wanted.items() if name != "service"}
    while True:
        for event in composer.followed(services, asked, places):
            if wanted["service"] in (None, event["service"]):
                click.echo(json.dumps(event) if as_json else _line(event))
        time.sleep(LOOK_EVERY_SECONDS)


def _line(event: dict[str, Any]) -> str:
    return (
        f"{mark(SEEN.get(event['state']))} {clock(event['recorded_at'])[:8]} {event['type']:<28.28} {event['event_id']}"
    )


def _tree(node: Node, found: Trace, indent: str) -> None:
    click.echo(f"{indent}{mark(SEEN.get(node.state))} {click.style(node.type, bold=True)} {node.id}"[:110])
    where = f"{indent}    "
    click.echo(f"{where}{node.service:<14} written   {clock(node.recorded_at)} {_since(found, node.recorded_at)}")
    if node.published_at:
        click.echo(f"{where}{'':<14} published {clock(node.published_at)} {_since(found, node.published_at)}")
    for delivery in node.deliveries:
        _delivery(delivery, found, where)
    for effect in node.caused:
        _tree(effect, found, indent + "  ")


def _delivery(delivery: Delivery, found: Trace, where: str) -> None:
    sign = mark(SEEN.get(delivery.state))
    came = f"delivered {clock(delivery.received_at)} {_since(found, delivery.received_at)}"
    click.echo(f"{where}{delivery.service:<14} {came}")
    if delivery.handled_at:
        click.echo(f"{where}{'':<14} {sign} handled {clock(delivery.handled_at)} {_since(found, delivery.handled_at)}")
    else:
        click.echo(f"{where}{'':<14} {sign} {delivery.state} after {delivery.attempts} attempts")


def _since(found: Trace, at: datetime | None) -> str:
    return lasting((at - found.began_at).total_seconds()) if at and found.began_at else ""
