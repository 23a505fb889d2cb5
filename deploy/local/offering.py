"""`market products`: a vendor's products by the file, through the public API as everybody else sends them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click
import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy.local import checkout, sending
from deploy.local.api import Person, Refused
from deploy.local.inspecting.printing import hanging
from deploy.local.running import fail, plan_of, running_state
from deploy.local.sending import Sent, Stalled
from shared.kit.money import written

LONGEST_SKU = 24
KINDS = ("csv", "xlsx")
LEFT = {
    "checking": "it is checked all the same",
    "ready": "nothing was changed, and it waits",
    "applying": "it is applied all the same",
}
"""What becomes of a file that nobody waits for any more, by its state."""
COUNTED = {
    "create": "new",
    "update": "to be changed",
    "unchanged": "as they are",
    "faulty": "faulty",
    "created": "made",
    "updated": "changed",
    "refused": "refused",
}
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON; progress goes to standard error.")
as_vendor = click.option("--as", "email", required=True, help="The e-mail of the vendor.")
by_password = click.option(
    "--password", envvar="MARKET_PASSWORD", help="The vendor's [MARKET_PASSWORD, or asked for at a terminal]."
)


def _of_caller(_: click.Context, __: click.Parameter, given: str | None) -> Path | None:
    return checkout.caller() / given if given else None


@click.group()
def products() -> None:
    """A vendor's products by the file. Example: ./market products export --as vendor.a@market.example"""


@products.command("import")
@click.argument("file", required=False, callback=_of_caller)
@as_vendor
@by_password
@click.option("--job", "job_id", type=click.UUID, help="Go on with a file that was sent before.")
@click.option("--yes", is_flag=True, help="Apply it without asking.")
@click.option("--errors", callback=_of_caller, help="Where failed rows are written to [FILE's name and .errors.csv].")
@as_json
def import_(
    file: Path | None, email: str, password: str | None, job_id: Any, yes: bool, errors: Path | None, as_json: bool
) -> None:
    """Send a CSV or XLSX file, show what it would change, and apply it once told to; without a terminal, with --yes.

    Exit codes: 0 all of it is so, or would be; 1 rows failed, or it was refused or broken off; 2 misused; 3 not
    running.

    \b
    Examples:
      ./market products import spring.csv --as vendor.a@market.example
      ./market products import spring.csv --as vendor.a@market.example --yes --json
      ./market products import --job 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21 \\
          --as vendor.a@market.example
    """
    if (file is None) == (job_id is None):
        raise click.UsageError("say a FILE, or --job for one that was sent before")
    if file and not file.is_file():
        raise click.UsageError(f"there is no file {file}")
    with _vendor(email, password) as owner:
        way = _Way(email, as_json)
        with way.told():
            way.sent = (
                sending.send(owner, file.name, file.read_bytes()) if file else sending.sent_before(owner, str(job_id))
            )
            _carry(way, way.sent, yes)
            _finish(way.sent, errors, as_json)


@products.command()
@as_vendor
@by_password
@click.option("--format", "kind", type=click.Choice(KINDS), help="[by the output's ending, or csv]")
@click.option("--output", default=None, help="The file to write, or - for standard output [products.csv].")
@as_json
def export(email: str, password: str | None, kind: str | None, output: str | None, as_json: bool) -> None:
    """Write a vendor's products as a file that an import takes.

    \b
    Example:
      ./market products export --as vendor.a@market.example --output all.xlsx
    """
    if as_json and output == "-":
        raise click.UsageError("--json and the file itself cannot both be printed")
    kind = kind or next((each for each in KINDS if (output or "").endswith(f".{each}")), "csv")
    path = checkout.caller() / (output or f"products.{kind}")
    to_stdout = output == "-"
    with _vendor(email, password) as owner:
        try:
            with _opened(None if to_stdout else path) as file:
                size = sending.export(owner, kind, file)
        except (Refused, httpx.HTTPError, OSError) as problem:
            fail(str(problem))
    if as_json:
        click.echo(json.dumps({"file": str(path), "format": kind, "bytes": size}, indent=2))
    elif not to_stdout:
        click.echo(f"wrote {path}")


def _opened(path: Path | None) -> AbstractContextManager[BinaryIO]:
    """The file to write, or standard output."""
    if path:
        return sending.written(path)
    return nullcontext(sys.stdout.buffer)


class _Way:
    """How far a file has come, so that whoever breaks off is told how to go on."""

    def __init__(self, email: str, quiet: bool) -> None:
        self.sent: Sent | None = None
        self.quiet = quiet
        self._email = email

    @property
    def further(self) -> str:
        """The command that goes on."""
        job = self.sent.job["id"] if self.sent else ""
        return f"./market products import --job {job} --as {self._email}"

    def say(self, words: str) -> None:
        """Print for people, where no program listens."""
        if not self.quiet:
            click.echo(words)

    @contextmanager
    def told(self) -> Iterator[None]:
        """End the command with a sentence when it is refused, broken off, or nobody answers any more."""
        try:
            yield
        except Refused as refusal:
            fail(str(refusal))
        except (Stalled, httpx.HTTPError, OSError) as problem:
            self.leave(str(problem) or type(problem).__name__)
        except (KeyboardInterrupt, click.Abort):
            self.leave("broken off")

    def leave(self, why: str) -> NoReturn:
        """End the command before the file has come to its end."""
        if self.sent is None:
            fail(f"{why}; nothing was sent")
        left = LEFT.get(self.sent.job["state"])
        fail(f"{why}; {left}. To go on:\n  {self.further}" if left else why)


@contextmanager
def _vendor(email: str, password: str | None) -> Iterator[Person]:
    state = running_state()
    plan_of(state)
    if password is None:
        if not sys.stdin.isatty():
            raise click.UsageError("say --password, or set MARKET_PASSWORD")
        password = click.prompt(f"Password of {email}", hide_input=True, err=True)
    with Person(state["address"]) as owner:
        try:
            owner.sign_in(email, password)
        except (Refused, httpx.HTTPError) as problem:
            fail(str(problem))
        yield owner


def _carry(way: _Way, sent: Sent, yes: bool) -> None:
    """Bring a file as far as it may go: checked, and applied if somebody says so."""
    _watch(sent, "checked", lambda rows: (rows["checked"], None))
    if sent.job["state"] == "ready":
        way.say("\n".join(preview(sent)))
        if sent.waiting and _is_wanted(sent, yes, way):
            sent.apply()
    whole = sent.waiting + sent.job["rows"]["created"] + sent.job["rows"]["updated"]
    _watch(sent, "applied", lambda rows: (rows["created"] + rows["updated"] + rows["refused"], whole))


def _is_wanted(sent: Sent, yes: bool, way: _Way) -> bool:
    if yes or way.quiet or not sys.stdin.isatty():
        if not yes:
            click.echo(f"Nothing was changed. To apply it:\n  {way.further} --yes", err=True)
        return yes
    if not click.confirm(f"Apply {_rows(sent.waiting)}?", err=True):
        way.leave("not applied")
    return True


def _watch(sent: Sent, done: str, count: Callable[[dict[str, int]], tuple[int, int | None]]) -> None:
    """Show at a terminal how many rows are done, for as long as the file is worked on."""
    console = Console(stderr=True, highlight=False)
    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TextColumn("rows {task.description}"))
    hidden = not console.is_terminal
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True, disable=hidden) as progress:
        task = progress.add_task(done, total=None)
        for job in sent.followed():
            completed, total = count(job["rows"])
            progress.update(task, completed=completed, total=total)


def preview(sent: Sent) -> Iterator[str]:
    """What a checked file would do, in lines: counts, and the first rows that change something or are faulty."""
    yield counts(sent.job)
    for state, tell in (("update", _changes), ("faulty", _faults)):
        rows = sent.rows(state) if sent.job["rows"][state] else []
        for row in rows:
            lead = f"  row {row['row']:,} {_plain(row['sku'] or '')[:LONGEST_SKU]} "
            yield from hanging(lead, tell(row), len(lead))
        if (more := sent.job["rows"][state] - len(rows)) > 0:
            yield f"  and {more:,} more {COUNTED[state]}"


def counts(job: dict[str, Any]) -> str:
    """What is to come of a file's rows, or has, in a line."""
    told = [f"{job['rows'][state]:,} {words}" for state, words in COUNTED.items() if job["rows"][state]]
    ignored = f"; ignored: {_plain(', '.join(job['ignored']))}" if job["ignored"] else ""
    problem = f"; {job['problem']}" if job["problem"] else ""
    return f"{_plain(job['name'])}: {_rows(job['rows']['checked'])}: {', '.join(told) or 'none'}{ignored}{problem}"


def _finish(sent: Sent, errors: Path | None, as_json: bool) -> NoReturn:
    """Say what has become of it, write the rows that failed, and end with what that means."""
    path = errors or checkout.caller() / f"{Path(sent.job['name']).stem}.errors.csv"
    if sent.failed:
        sent.write_errors(path)
    if as_json:
        click.echo(json.dumps({**sent.job, "errors": str(path) if sent.failed else None}, indent=2))
    else:
        if sent.job["state"] != "ready":
            click.echo(counts(sent.job))
        if sent.failed:
            click.echo(f"The rows that failed are in {path}, with what is wrong: mend them and send it again.")
    sys.exit(0 if sent.is_sound else 1)


def _changes(row: dict[str, Any]) -> str:
    return ", ".join(f"{it['field']} {_told(it['before'])} → {_told(it['after'])}" for it in row["change"])


def _faults(row: dict[str, Any]) -> str:
    return _plain(
        " ".join(
            f"column {it['column']} ({it['field']}): {it['message']}" if it["column"] else it["message"]
            for it in row["faults"]
        )
    )


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return f"{written(value['amount'], value['currency'])} {value['currency']}"
    text = _plain(str(value if value not in (None, "") else "nothing"))
    return text if len(text) <= 40 else f"{text[:39]}…"


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _plain(text: str) -> str:
    """A file's text without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
