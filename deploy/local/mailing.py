"""`market mail`: the mails that the system sent, also while it is stopped."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from deploy.local import checkout
from deploy.local.mailbox.letters import opened, told
from deploy.local.mailbox.store import PAGE, Store
from deploy.local.running import fail
from deploy.local.showing import out

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def folder() -> Path:
    """Where the mails of this system lie."""
    return checkout.DATA / "mail"


@click.group()
def mail() -> None:
    """The mails that the system sent; nobody else gets them. Example: ./market mail list --to luca"""


@mail.command(name="list")
@click.option("--to", default="", help="Only those whose recipients have this in their addresses.")
@click.option("--limit", type=click.IntRange(1, 500), default=PAGE, show_default=True)
@click.option("--before", type=int, help="Only those with lower numbers: the next page.")
@as_json
def list_(to: str, limit: int, before: int | None, as_json: bool) -> None:
    """List mails, newest first. Example: ./market mail list --to luca@market.example --json"""
    with closing(Store(folder())) as store:
        page = store.page(to, before=before, limit=limit)
    if as_json:
        items = [asdict(it) for it in page.items]
        click.echo(json.dumps({"items": items, "before": page.before, "total": page.total}, indent=2))
        return
    table = Table(title=f"{page.total} {'mail' if page.total == 1 else 'mails'}{f' to {to}' if to else ''}")
    for column in ("no", "came", "to", "subject"):
        table.add_column(column, overflow="fold", justify="right" if column == "no" else "left")
    for it in page.items:
        table.add_row(str(it.id), it.at[:19].replace("T", " "), ", ".join(it.recipients), it.subject)
    out.print(table)


@mail.command()
@click.argument("number", type=int)
@click.option("--source", is_flag=True, help="The mail as it came, headers and all.")
@click.option("--html", is_flag=True, help="Its HTML instead of its text.")
@as_json
def show(number: int, source: bool, html: bool, as_json: bool) -> None:
    """Show one mail: who it went to, its subject, its text. Example: ./market mail show 12 --source"""
    with closing(Store(folder())) as store:
        found = store.one(number)
    if found is None:
        fail(f"there is no mail {number}: it never came, or it made room for newer ones")
    about, content = found
    letter = opened(content)
    if as_json:
        click.echo(json.dumps(told(about, letter, content), indent=2))
    elif source:
        click.echo(content.decode("utf-8", errors="replace"), nl=False)
    else:
        click.echo(f"To: {', '.join(about.recipients)}\nFrom: {about.sender}\nSubject: {about.subject}\n")
        click.echo((letter.html if html else letter.text) or "")
