"""`python -m services.X export-events`: a slice of what was told, fit to leave the house and to be a test's fixture."""

import sys
from pathlib import Path
from typing import Any

import click

from shared.messaging.replay.export import Export, NothingChosen, written
from shared.messaging.replay.redaction import Redactor
from shared.runtime import code
from shared.runtime.reporting import settings_or_exit
from shared.runtime.selecting import filters_of, selection_of
from shared.runtime.service import Service

HELP = """Write events that this service was told, and the rows that their handlers need, as JSON lines.

With --redact (the default must be said) e-mail addresses, names, tokens and free text get stand-ins: the same value the
same one, so that what belongs together stays together. --no-redact writes what is there, and has to be asked for.

With --as-test a test is written beside the file, which handles the events again and asks for the rows that they made.

Exit codes: 0 written; 1 nothing is like that, or a file is in the way; 2 wrong usage.

\b
Examples:
  python -m services.{name} export-events --redact --customer 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21 --output slice.jsonl
  python -m services.{name} export-events --redact --id 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21 \\
      --as-test services/{name}/tests/test_parked.py
"""
SKELETON = '''"""A slice of what {name} was told in another place, handled again: {selection}.

The expected rows are those that were there. Where these were wrong, correct them in the file beside this one.
"""

from pathlib import Path

from sqlalchemy.orm import Session

from services.{name}.consumers import HANDLERS
from shared.messaging.handlers import run_handlers
from tests.slices import load_slice, rows_made, rows_wanted

SLICE = Path(__file__).with_name("{file}")


def test_the_events_of_{stem}_are_handled_and_make_the_same_rows(session: Session) -> None:
    envelopes = load_slice(session, SLICE)
    for envelope in envelopes:
        run_handlers(HANDLERS, session, [envelope])
    assert rows_made(session, SLICE) == rows_wanted(SLICE)
'''


def export_command(service: Service) -> click.Command:
    """Build the command for one service."""

    @filters_of
    @click.option("--redact/--no-redact", default=None, help="Whether what is personal gets stand-ins; must be said.")
    @click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The file [standard output].")
    @click.option("--as-test", "test", type=click.Path(path_type=Path, dir_okay=False), help="Write this test too.")
    def export(redact: bool | None, output: Path | None, test: Path | None, **filters: Any) -> None:
        if redact is None:
            raise click.UsageError("say --redact, or --no-redact to let personal data leave")
        if test and not (test.name.startswith("test_") and test.suffix == ".py"):
            raise click.UsageError(f"{test} would not be found: name it test_….py")
        selection = selection_of(service, **filters)
        output = output or (test.with_suffix(".jsonl") if test else None)
        _refuse_what_is_there(output, test)
        settings, redactor = settings_or_exit(service), Redactor() if redact else None
        chosen = Export(settings.owner_database_url, service.name, service.version, code.digest(service.name),
                        service.projections, selection, redactor)  # fmt: skip
        try:
            count = _write(chosen, output)
        except NothingChosen as nothing:
            raise click.ClickException(str(nothing)) from None
        if test and output:
            stem = test.stem.removeprefix("test_")
            test.write_text(SKELETON.format(name=service.name, selection=selection, file=output.name, stem=stem))
        if output:
            click.echo(f"{count} lines to {output}{f', and the test {test}' if test else ''}", err=True)

    return click.command("export-events", help=HELP.format(name=service.name))(export)


def _refuse_what_is_there(*files: Path | None) -> None:
    for file in files:
        if file and file.exists():
            raise click.ClickException(f"{file} is there already")
        if file and not file.parent.is_dir():
            raise click.ClickException(f"there is no folder {file.parent}")


def _write(chosen: Export, output: Path | None) -> int:
    """Write all of it or nothing; return how many lines."""
    lines = map(written, chosen.lines())
    if output is None:
        return sum(bool(sys.stdout.write(line)) for line in lines)
    begun = output.with_name(f".{output.name}.part")
    try:
        with begun.open("w", encoding="utf-8") as file:
            count = sum(bool(file.write(line)) for line in lines)
        begun.replace(output)
    finally:
        begun.unlink(missing_ok=True)
    return count
