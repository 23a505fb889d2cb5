"""The commands of `market`. Exit codes: 0 done, 1 not so or failed, 2 misused, 3 not running."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from functools import partial
from typing import NoReturn
from urllib.parse import unquote, urlsplit

import click

from deploy.local import background, checkout, databases, following, seeding, showing, stocking
from deploy.local.apt import Unavailable
from deploy.local.demo import Demo
from deploy.local.inspecting.events import events
from deploy.local.inspecting.mappings import mappings
from deploy.local.inspecting.orders import orders
from deploy.local.inspecting.parked import parked
from deploy.local.mailing import mail
from deploy.local.offering import products
from deploy.local.ports import PortTaken
from deploy.local.postgres import binaries
from deploy.local.replaying import export, rebuild, replay
from deploy.local.running import fail, plan_of, ready_state, running_state
from deploy.local.seeds import make_vendor
from deploy.local.stopping import start, stop

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@click.group()
def market() -> None:
    """The whole marketplace on this machine. Example: ./market up"""


@market.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The gateway's port [8000, or the next free one].")
@click.option("--detach", is_flag=True, help="Return once it is ready, and leave it running.")
@click.option("--no-seeds", is_flag=True, help="Leave out the demonstration people, shops and products.")
@click.option("--people-only", is_flag=True, help="Seed the demonstration people, and neither shops nor products.")
def up(port: int | None, detach: bool, no_seeds: bool, people_only: bool) -> None:
    """Start everything, and stop everything on Ctrl-C. Example: ./market up --port 8080 --detach"""
    from deploy.local.console import Console
    from deploy.local.system import System

    if state := checkout.read_state():
        fail(
            f"this checkout's marketplace runs already: {state['address']} (pid {state['pid']}); ./market down stops it"
        )
    try:
        if detach:
            arguments = [f"--port={port}"] * bool(port) + ["--no-seeds"] * no_seeds + ["--people-only"] * people_only
            state = background.start(arguments)
            click.echo(f"The marketplace is at {state['address']}, its mailbox at {state['mailbox']}")
        else:
            System(Console(), port).run(seeded=not no_seeds, stocked=not (no_seeds or people_only))
    except (PortTaken, Unavailable, RuntimeError) as problem:
        fail(str(problem))


@market.command()
def down() -> None:
    """Stop a running system; nothing of it stays. Example: ./market down"""
    state = checkout.read_state()
    if state is None:
        click.echo("nothing is running")
        return
    background.stop(int(state["pid"]))
    click.echo("stopped")


@market.command()
@as_json
def status(as_json: bool) -> None:
    """Show every process; 0 when all run, 1 when one does not, 3 when nothing is up. Example: ./market status --json"""
    state = showing.measure(running_state())
    if as_json:
        hidden = {"postgres_url", "broker_url"}
        click.echo(json.dumps({name: value for name, value in state.items() if name not in hidden}, indent=2))
    else:
        showing.status(state)
    if not state["ready"] or any(program["state"] != "running" for program in state["programs"]):
        sys.exit(1)


@market.command()
@click.argument("names", nargs=-1)
@click.option("-f", "--follow", is_flag=True, help="Go on as lines come.")
@click.option("-n", "--lines", default=50, show_default=True, type=click.IntRange(0))
def logs(names: tuple[str, ...], follow: bool, lines: int) -> None:
    """Print the logs of all processes, or of those whose names begin so. Example: ./market logs vendor -f"""
    files = sorted(file for file in checkout.LOGS.glob("*.log") if not names or file.name.startswith(names))
    if not files:
        fail(f"no log of {', '.join(names) or 'anything'} in {checkout.LOGS}")
    following.show(files, lines, follow=follow)


@market.command()
@as_json
def demo(as_json: bool) -> None:
    """Verify the invite mapping, and an order from four vendors; 1 when any step is not so. Example: ./market demo"""
    state = ready_state()
    found = Demo(state["address"], plan_of(state)).run()
    if as_json:
        click.echo(json.dumps({**dataclasses.asdict(found), "ok": found.ok}, indent=2, default=str))
    else:
        showing.verification(found)
    if not found.ok:
        sys.exit(1)


@market.command()
@click.option("--count", type=click.IntRange(1, 60), default=12, show_default=True, help="How many businesses.")
@click.option("--products", type=click.IntRange(0, 400_000), help="So many plain ones besides, for benchmarks.")
@as_json
def seed(count: int, products: int | None, as_json: bool) -> None:
    """Make shops of every fate, and the products of those that are open; again changes nothing.

    Example: ./market seed --products 100000
    """
    state = running_state()
    plan_of(state)
    try:
        seeded = seeding.seed(state["address"], count)
        if count >= len(seeding.SHOPS):
            seeded.stocked = str(stocking.stock(state["address"]))
            say = partial(click.echo, err=True)
            seeded.many = stocking.stock_many(state["address"], products, say) if products else 0
    except RuntimeError as problem:
        fail(str(problem))
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(seeded), indent=2))
    else:
        told = [*(f"made  {name}" for name in seeded.made), *(f"found {name}" for name in seeded.found)]
        told += [f"made  {seeded.stocked}"] * bool(seeded.stocked) + [f"made  {seeded.many} plain products"] * (
            products is not None
        )
        click.echo("\n".join(told))


@market.command("create-test-vendor")
@click.argument("name")
@click.option("--email", help="[made from the name]")
@as_json
def create_test_vendor(name: str, email: str | None, as_json: bool) -> None:
    """Make an approved vendor with an account. Example: ./market create-test-vendor "Vendor C" """
    state = running_state()
    slug = ".".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split()) or "vendor"
    try:
        made = make_vendor(state["address"], plan_of(state), email or f"{slug}@market.example", name)
    except RuntimeError as problem:
        fail(str(problem))
    if as_json:
        click.echo(json.dumps(made, indent=2))
    else:
        click.echo(f"{made['name']} ({made['slug']}): {state['address']}/login as {made['email']}, {made['password']}")


@market.command(context_settings={"ignore_unknown_options": True})
@click.argument("service", type=click.Choice(databases.SERVICES))
@click.option("--owner", is_flag=True, help="As the role that owns the tables.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(service: str, owner: bool, arguments: tuple[str, ...]) -> NoReturn:
    """Open psql on a service's database. Example: ./market psql vendor -c "select * from vendor_customer" """
    url = urlsplit(databases.url(running_state()["postgres_url"], service, "owner" if owner else "app"))
    target = ["-h", str(url.hostname), "-p", str(url.port or 5432), "-U", str(url.username), "-d", url.path[1:]]
    home = {"HOME": str(checkout.LOCAL), "PGPASSWORD": unquote(url.password or "")}
    program = str(binaries() / "psql")
    os.execve(program, [program, *target, *arguments], {**os.environ, **home})  # noqa: S606 - becomes psql


@market.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Stop the system and remove its data and logs. Example: ./market reset --yes"""
    if not yes:
        click.confirm(f"Remove all data below {checkout.DATA}?", abort=True)
    if state := checkout.read_state():
        background.stop(int(state["pid"]))
    for folder in (checkout.DATA, checkout.LOGS, checkout.RUN):
        shutil.rmtree(folder, ignore_errors=True)
    click.echo("removed; the next `market up` begins anew")


events.add_command(export)
for command in (stop, start, replay, rebuild, mappings, orders, events, parked, mail, products):
    market.add_command(command)
