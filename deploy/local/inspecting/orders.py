"""`market orders`: the way of one order over all services, and why it is in its state."""

from __future__ import annotations

import sys

import click

from deploy.local.inspecting.asking import as_json, print_json, running, told_plainly
from deploy.local.inspecting.printing import clock, command, hanging, lasting, mark, paragraph
from shared.inspection.order_story import OrderStory, explain_order

SERVICE, HOP = 8, 10
"""Columns."""


@click.group()
def orders() -> None:
    """Why an order is in its state. Example: ./market orders explain ORD-7K3M9QX2"""


@orders.command("explain")
@click.argument("order")
@as_json
@told_plainly
def explain_one(order: str, as_json: bool) -> None:
    """Follow an order, by id or number, hop by hop; 0 unless it hangs, or ordering does not say what it is.

    \b
    Example:
      ./market orders explain ORD-7K3M9QX2
      ./market orders explain 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21 --json
    """
    found = explain_order(running(), order)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(lines_of(found)))
    sys.exit(1 if found.hangs or found.status is None else 0)


def lines_of(found: OrderStory) -> list[str]:
    """A story as it stands on a terminal."""
    lines = [f"{found.number}, {found.status}" if found.number else "an order", f"order {found.order_id}"]
    for hop in found.hops:
        where = f"{hop.service or '':<{SERVICE}.{SERVICE}} {hop.name:<{HOP}.{HOP}}"
        lead = f"{mark(hop.ok)} {where} {clock(hop.at)} {lasting(hop.seconds):>9}  "
        lines += hanging(lead, hop.detail, 2 + SERVICE + 1 + HOP + 1 + 12 + 1 + 9 + 2)
    lines += ["", *paragraph(found.sentence).splitlines()]
    return [*lines, "Mended by:", command(found.remedy)] if found.remedy else lines
