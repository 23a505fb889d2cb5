"""`python -m services.X replay`: what would be different if these events were handled again, and making it so."""

import json
import os
import sys
from dataclasses import replace as changed
from pathlib import Path
from typing import Any, NoReturn

import click

from shared.messaging.replay import changes, difference
from shared.messaging.replay.running import Replay
from shared.messaging.replay.selection import Selection
from shared.runtime import code
from shared.runtime.publishers import feed_of
from shared.runtime.reporting import progress, refusals, settings_or_exit
from shared.runtime.selecting import filters_of, selection_of
from shared.runtime.service import Service
from shared.runtime.telling import Told, as_document, print_told, say_applied

HELP = """Handle events again in a shadow of the tables, and show by row what differs from the live ones.

Nothing is changed, published or sent. With --apply and the digest that a dry run has shown, exactly that difference is
written, or refused if the world has changed since. A killed replay goes on where it was when it is started again.

With --code another checkout's handlers are run instead of these. They judge again what was recorded, over the whole
histories of all that a chosen event is about, and what they would make different is shown by column.

Exit codes: 0 no difference, or applied; 3 there is a difference; 1 refused; 2 wrong usage.

\b
Examples:
  python -m services.{name} replay
  python -m services.{name} replay --customer 019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21
  python -m services.{name} replay --type customer.created --since 2026-11-01 --json
  python -m services.{name} replay --source publisher
  python -m services.{name} replay --code ../candidate
  python -m services.{name} replay --apply 1f0c2a9b44d01e57
"""
DIFFERENT = 3


def replay_command(service: Service) -> click.Command:
    """Build the command for one service."""

    @filters_of
    @click.option("--as-of", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]),
                  help="The state as it was at this moment; for looking, not for applying.")  # fmt: skip
    @click.option("--source", type=click.Choice(["inbox", "publisher"]), default="inbox", show_default=True,
                  help="What was told here, or the publishers' own logs, which know of what never came.")  # fmt: skip
    @click.option("--rejudge", "rejudged", is_flag=True, help="Judge again what was recorded; for looking.")
    @click.option("--code", "other", type=click.Path(path_type=Path), help="Run the handlers of another checkout.")
    @click.option("--apply", "digest", help="Write the difference that has this digest.")
    @click.option("--rows", "shown", default=20, show_default=True, help="How many rows to print of each table.")
    @click.option("--jobs", default=os.cpu_count() or 1, show_default="one per core", help="Processes to work in.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @click.pass_context
    def replay(context: click.Context, /, other: Path | None, digest: str | None, shown: int, jobs: int, as_json: bool,
               **filters: Any) -> None:  # fmt: skip
        selection = selection_of(service, **filters)
        if other:
            _run_other(service, other, digest, context)
        with refusals():
            work = _prepared(service, selection, jobs)
            if digest:
                say_applied(work.apply(digest), as_json)
            else:
                _dry_run(service, work, shown, as_json)

    return click.command("replay", help=HELP.format(name=service.name))(replay)


def _prepared(service: Service, selection: Selection, jobs: int) -> Replay:
    settings = settings_or_exit(service)
    work = Replay(
        settings.owner_database_url,
        service.handlers,
        service.projections,
        selection,
        code=code.digest(service.name),
        read=feed_of(settings),
        jobs=jobs,
    )
    if not selection.rejudged:
        return work
    with work.shadow.engine.connect() as connection:
        return changed(work, selection=selection.widened(connection))


def _dry_run(service: Service, work: Replay, shown: int, as_json: bool) -> None:
    with progress(as_json) as done:
        found = work.run(done)
    with work.shadow.engine.connect() as connection:
        rows = list(difference.rows(connection, work.shadow, shown))
        by_column = list(changes.by_column(connection, work.shadow))
    told = Told(service.name, work.code, work.selection, found, rows, by_column, work.missing())
    if as_json:
        click.echo(json.dumps(as_document(told), default=str))
    else:
        print_told(told)
    raise SystemExit(0 if found.empty and not told.missing.count else DIFFERENT)


def _run_other(service: Service, root: Path, digest: str | None, context: click.Context) -> NoReturn:
    """Become the same command of another checkout, told to judge again, which is never applied."""
    if digest:
        raise click.ClickException("what other code makes is for looking at: it cannot be applied")
    if not (root / "services" / service.name / "__main__.py").is_file():
        raise click.UsageError(f"{root} is no checkout with a service called {service.name}")
    arguments = [*_given(context), "--rejudge"]
    os.chdir(root)
    os.environ.pop("PYTHONPATH", None)
    command = [sys.executable, "-m", f"services.{service.name}", "replay", *arguments]
    os.execve(sys.executable, command, dict(os.environ))  # noqa: S606 - becomes the other checkout's command


def _given(context: click.Context) -> list[str]:
    """The options as they were given, without `--code`."""
    given: list[str] = []
    for option in context.command.params:
        if not isinstance(option, click.Option) or option.name in {"other", "rejudged"} or option.name is None:
            continue
        if context.get_parameter_source(option.name) is not click.core.ParameterSource.COMMANDLINE:
            continue
        value = context.params[option.name]
        for each in value if option.multiple else (value,):
            given += [option.opts[0]] if option.is_flag else [option.opts[0], _written(each)]
    return given


def _written(value: Any) -> str:
    return value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else str(value)
