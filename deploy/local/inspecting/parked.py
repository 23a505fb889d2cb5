"""`market parked`: events that were set aside, grouped by their error; tried again or given up, and written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from deploy.local.inspecting.asking import actor, as_json, known, one_service, print_json, running, told_plainly
from deploy.local.inspecting.printing import hanging, mark, paragraph
from deploy.local.running import fail
from shared.inspection import stuck
from shared.inspection.legs import last_line


@click.group()
def parked() -> None:
    """Events that failed for good, by what they died of. Example: ./market parked list"""


@parked.command("list")
@one_service
@as_json
@told_plainly
def list_groups(service: str | None, as_json: bool) -> None:
    """List the groups; 0 whether there are any or not. Example: ./market parked list --service vendor"""
    services = running()
    found, silent = stuck.parked(services, known(services, service))
    if as_json:
        print_json({"services": found, "silent": silent})
        return
    for one in found:
        _list_one(one)
    for why in silent.values():
        click.echo(paragraph(why), err=True)


@parked.command()
@click.option("--service", required=True, help="Whose.")
@click.option("--signature", help="Only this group.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 500))
@as_json
@told_plainly
def show(service: str, signature: str | None, limit: int, as_json: bool) -> None:
    """Show parked and failing events with their errors. Example: ./market parked show --service vendor"""
    services = running()
    known(services, service)
    rows = [
        row
        for status in ("parked", "retry")
        for row in services[service].get("/internal/inbox", status=status, limit=limit)["items"]
        if signature in (None, row["error_signature"])
    ]
    acts = services[service].get("/internal/acts")["items"]
    if as_json:
        print_json({"service": service, "events": rows, "acts": acts})
        return
    for row in rows:
        click.echo(f"{mark(row['state'] == 'retry' and None)} {row['event_id']} {row['type']}, {row['state']}")
        for line in hanging("    ", f"{row['attempts']} attempts: {last_line(row['error'])}", 4):
            click.echo(line)
    click.echo(f"{len(rows)} events of {service} failed")
    for act in acts[:5]:
        said = f"{act['at'][:19]} {act['act']} of {act['affected']} by {act['actor']}: {act['reason']}"
        click.echo(paragraph(said, indent=2))


def _act(name: str, text: str) -> click.Command:
    @click.option("--service", required=True, help="Whose.")
    @click.option("--signature", help="All of one group.")
    @click.option("--id", "event_ids", multiple=True, type=click.UUID, help="This event; may be repeated.")
    @click.option("--letter", "letters", multiple=True, type=int, help="This unreadable message; may be repeated.")
    @click.option("--all", "everything", is_flag=True, help="All that is parked.")
    @click.option("--rate", default=50.0, show_default=True, type=click.FloatRange(0.01), help="Events a second.")
    @click.option("--most", default=1000, show_default=True, type=click.IntRange(1, 100_000), help="At most so many.")
    @click.option("--reason", default="by hand", show_default=True, help="Why, for the record.")
    @click.option("--preview", is_flag=True, help="Only say how many.")
    @click.option("--yes", is_flag=True, help="Do not ask.")
    @as_json
    @told_plainly
    def command(**options: Any) -> None:
        _carry_out(name, **options)

    example = f"\n\n\b\nExample:\n  ./market parked {name} --service vendor --signature ValueError-1f2e3d4c5b6a --yes\n"
    return click.command(name, help=text + example)(command)


def _carry_out(
    what: str, *, service: str, everything: bool, rate: float, preview: bool, yes: bool, as_json: bool, **chosen: Any
) -> None:
    if not (everything or chosen["signature"] or chosen["event_ids"] or chosen["letters"]):
        raise click.UsageError("say --signature, --id, --letter or --all")
    services = running()
    known(services, service)
    body = {**chosen, "per_second": rate, "actor": actor(), "event_ids": [str(each) for each in chosen["event_ids"]]}
    counted = stuck.act(services, service, what, {**body, "preview": True})
    if not counted["events"]:
        fail(f"nothing parked in {service} is like that")
    if not preview:
        _ask(yes or as_json, lambda: click.confirm(f"{what} {counted['events']} of {service}?", abort=True))
        counted = stuck.act(services, service, what, body)
    if as_json:
        print_json(counted)
    else:
        click.echo(f"{counted['events']} events of {service}: {_SAID[what] if counted['done'] else f'would {what}'}")


_SAID = {"redrive": "due again, one after another", "dismiss": "dismissed; what waited behind them goes on"}


def _ask(settled: bool, confirm: Callable[[], Any]) -> None:
    if not settled:
        confirm()


parked.add_command(_act("redrive", "Try parked events again, at a rate; written down with who and why."))
parked.add_command(_act("dismiss", "Give parked events up; they stay on record, and what waits behind them goes on."))


def _list_one(one: dict[str, Any]) -> None:
    total = sum(group["events"] for group in one["items"])
    click.echo(f"{mark(not total)} {one['service']}: {total} parked, {len(one['letters'])} unreadable")
    for group in one["items"]:
        click.echo(f"    {group['events']} × {group['signature']} ({', '.join(group['types'])})"[:80])
        behind = f"; {group['behind']} more wait behind" if group["behind"] else ""
        for line in hanging("      ", f"{group['why']}{behind}", 6):
            click.echo(line)
    for letter in one["letters"]:
        for line in hanging(f"    message {letter['id']}: ", f"{letter['reason']}, {letter['error']}"[:200], 16):
            click.echo(line)
