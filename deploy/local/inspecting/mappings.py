"""`market mappings`: why a customer is, or is not, on a list, and what is missing anywhere."""

from __future__ import annotations

import sys
from typing import Any

import click

from deploy.local.inspecting.asking import (
    actor,
    as_json,
    known,
    one_service,
    print_json,
    running,
    told_plainly,
)
from deploy.local.inspecting.printing import clock, command, hanging, lasting, mark, paragraph
from shared.inspection.explain import explain, explain_token
from shared.inspection.hops import Explanation
from shared.inspection.stuck import reconcile

NAMED = 20


@click.group()
def mappings() -> None:
    """Why somebody is, or is not, on a customer list. Example: ./market mappings explain --customer ada@x.example"""


@mappings.command("explain")
@click.option("--customer", help="Whose mapping: an e-mail or an id.")
@click.option("--vendor", help="On whose list: a slug or an id. [whose link they used]")
@click.option("--token", help="Only this token; without a customer, all that is known of it.")
@as_json
@told_plainly
def explain_one(customer: str | None, vendor: str | None, token: str | None, as_json: bool) -> None:
    """Follow a mapping hop by hop; 0 if it is there, else 1.

    \b
    Example:
      ./market mappings explain --customer customer@market.example
      ./market mappings explain --token VhZ0rJm2XvK5yWb8q1tN3sPf6uGx9cLd
    """
    if not customer and not token:
        raise click.UsageError("say --customer or --token")
    services = running()
    if customer:
        found = explain(services, customer=customer, vendor=vendor, token=token)
    else:
        found = explain_token(services, token or "")
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(lines_of(found)))
    sys.exit(0 if found.on_list or found.outcome == "valid" else 1)


@mappings.command("reconcile")
@click.option("--heal", is_flag=True, help="Hand what is missing to the consumer; make lost rows again.")
@click.option("--reason", default="by hand", show_default=True, help="Why, for the record.")
@click.option("--grace", default=5.0, show_default=True, help="Seconds for which an event may be on its way.")
@one_service
@as_json
@told_plainly
def compare(heal: bool, reason: str, grace: float, service: str | None, as_json: bool) -> None:
    """Compare the publishers' logs with every inbox and outcome; 1 if something is missing.

    \b
    Example:
      ./market mappings reconcile
      ./market mappings reconcile --heal
    """
    services = running()
    only = known(services, service)
    reports, silent = reconcile(services, heal=heal, actor=actor(), reason=reason, grace=grace, only=only)
    if as_json:
        print_json({"reports": reports, "silent": silent})
    else:
        for report in reports:
            _report(report)
        for why in silent.values():
            click.echo(paragraph(why))
    missing = sum(report["missing"] for report in reports)
    unreached = silent or any(report["unreachable"] for report in reports)
    sys.exit(1 if unreached or missing > 0 else 0)


def lines_of(found: Explanation) -> list[str]:
    """An explanation as it stands on a terminal."""
    who = found.customer or {}
    lines = [f"{who['name']} <{who['email']}>"[:80]] if who.get("email") else []
    lines.append(f"{'customer ' + found.customer_id if found.customer_id else 'token ' + str(found.token)}"[:80])
    for hop in found.hops:
        lead = f"{mark(hop.ok)} {hop.name:<14.14} {clock(hop.at)} {lasting(hop.seconds):>9}  "
        lines += hanging(lead, hop.detail, 41)
    lines += ["", *paragraph(found.sentence).splitlines()]
    return [*lines, "Mended by:", command(found.remedy)] if found.remedy else lines


def _report(report: dict[str, Any]) -> None:
    compared, healed = report["compared"], f", {report['healed']} healed" if report["healed"] else ""
    of = f"{sum(compared.values())} events of {len(compared)} services" if compared else "no log"
    click.echo(f"{mark(not report['missing'])} {report['service']}: {report['missing']} missing{healed}; compared {of}")
    for found in report["findings"][:NAMED]:
        which = found["event_id"] or found["customer_id"]
        for line in hanging(f"    {which} ", f"{found['detail']}, for {lasting(found['seconds'])[1:]}", 41):
            click.echo(line)
    if len(report["findings"]) > NAMED:
        click.echo(f"    and {len(report['findings']) - NAMED} more (--json names them)")
    for why in report["unreachable"]:
        click.echo(paragraph(why, indent=4))
