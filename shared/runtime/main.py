"""`python -m services.X …`: one command line for every process and task of a service."""

import json
import sys
from collections.abc import Callable
from copy import copy
from functools import partial, wraps
from importlib import import_module
from typing import Any, NamedTuple
from uuid import UUID

import click

from shared.kit import logging
from shared.kit.schema import SchemaLocked, migrate
from shared.kit.settings import BadSetting, Settings
from shared.messaging import failpoints, inbox, outbox
from shared.messaging.replay import remains
from shared.runtime import jobs
from shared.runtime.catching_up import bootstrap_command, reconcile_job
from shared.runtime.exporting import export_command
from shared.runtime.rebuild import rebuild_command
from shared.runtime.replay import replay_command
from shared.runtime.service import Service, database_of
from shared.runtime.timetable import timetable

EXAMPLES = """\b
Examples:
  python -m services.{name} migrate
  python -m services.{name} web
  python -m services.{name} relay
  python -m services.{name} job --help
"""


def main(service: Service) -> None:
    """Run what the command line names. Exit codes: 0 done, 1 refused or failed, 2 wrong usage or a bad setting."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if process := _processes(service).get(name):
        process.run(service, _settings(service, name))
    else:
        command_line(service)(prog_name=f"python -m services.{service.name}")


class Process(NamedTuple):
    """What runs until it is told to stop; it begins without the commands, which would stay in its memory (3.5 MB)."""

    run: Callable[[Service, Settings], None]
    text: str


def _processes(service: Service) -> dict[str, Process]:
    own = {
        name: Process(_own(module), f"What {name} does: see {module}.") for name, module in service.processes.items()
    }
    return {
        "web": Process(_run_web, "Answer HTTP requests; never opens a connection to the broker."),
        "relay": Process(_run("relay"), "Publish the outbox to the broker, as the one leader or its standby."),
        "consumer": Process(_run("consumer"), "Apply the events that this service listens to."),
        "scheduler": Process(_run("scheduler"), "Run the jobs that are due, again and again."),
        **own,
    }


def command_line(service: Service) -> click.Group:
    """Build the commands of one service."""
    group = click.Group(service.name, help=f"The {service.name} service.\n\n{EXAMPLES.format(name=service.name)}")
    group.params.append(
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=partial(_version, service)
        )
    )
    for command in (
        *(_process(service, name, *process) for name, process in _processes(service).items()),
        _migrate(service),
        replay_command(service),
        rebuild_command(service),
        export_command(service),
        bootstrap_command(service, _settings),
        _jobs(service),
    ):
        group.add_command(command)
    return group


def _run_web(service: Service, settings: Settings) -> None:
    from shared.runtime.web import run_web  # the others are smaller without it

    run_web(service, settings)


def _run(process: str) -> Callable[[Service, Settings], None]:
    """A process that speaks to the broker; what speaks to nobody, as a replay, is smaller without."""

    def run(service: Service, settings: Settings) -> None:
        from shared.runtime import processes

        getattr(processes, f"run_{process}")(service, settings)

    return run


def _version(service: Service, context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(service.version)
        context.exit()


def _settings(service: Service, process: str) -> Settings:
    try:
        settings = service.settings()
        _refuse_failpoints(settings)
    except BadSetting as bad:
        click.echo(f"settings: {bad}", err=True)
        raise SystemExit(2) from None
    logging.configure(service=service.name, process=process, level=settings.log_level, style=settings.log_format)
    return settings


def _refuse_failpoints(settings: Settings) -> None:
    if settings.environment == "production" and failpoints.armed():
        raise BadSetting(f"{failpoints.VARIABLE}: is for tests, never for production")


def _process(service: Service, name: str, run: Callable[[Service, Settings], None], text: str) -> click.Command:
    example = f"\n\n\b\nExample:\n  python -m services.{service.name} {name}\n"
    return click.Command(name, callback=lambda: run(service, _settings(service, name)), help=text + example)


def _own(module: str) -> Callable[[Service, Settings], None]:
    """A process that one service alone has; what it needs is loaded when it runs."""
    return lambda service, settings: import_module(module).run(service, settings)


def _migrate(service: Service) -> click.Command:
    @click.option("--json", "as_json", is_flag=True, help="Print the revisions as JSON.")
    def bring_up(as_json: bool) -> None:
        try:
            revisions = migrate(_settings(service, "migrate"), service.versions, first=remains.drop)
        except SchemaLocked as locked:
            raise click.ClickException(str(locked)) from None
        click.echo(json.dumps({"revisions": revisions}) if as_json else "at " + ", ".join(revisions))

    text = (
        "Bring the database's schema to this release; waits for another migrator, safe to run again. "
        "What was shown by replays and not applied is dropped."
    )
    example = f"\n\n\b\nExample:\n  python -m services.{service.name} migrate --json\n"
    return click.command("migrate", help=text + example)(bring_up)


def _jobs(service: Service) -> click.Group:
    example = f"\n\n\b\nExample:\n  python -m services.{service.name} job release-unroutable --json\n"
    group = click.Group("job", help="A task that runs once and ends." + example)
    group.context_settings["obj"] = service
    scheduled = {each.name: each.command for each in timetable(service)}
    for command in (*service.jobs, _release_unroutable(service), _redrive(service), reconcile_job(service)):
        group.add_command(_ready(service, command, exclusive=command.name in scheduled))
    for name, command in scheduled.items():
        if name not in group.commands:
            group.add_command(_ready(service, command, exclusive=True))
    return group


def _ready(service: Service, command: click.Command, *, exclusive: bool) -> click.Command:
    """Give a job its settings checked and its logs configured before it begins, and its lock if it is a scheduled one.

    Who finds the job at work elsewhere says so, and that is no failure.
    """
    work = command.callback
    if work is None:
        return command

    @wraps(work)
    def prepared(*arguments: Any, **options: Any) -> Any:
        settings = _settings(service, f"job-{command.name}")
        if not exclusive:
            return work(*arguments, **options)
        database = database_of(settings, "job-lock", pool_size=1)
        try:
            with jobs.alone(database, str(command.name)):
                return work(*arguments, **options)
        except jobs.Busy as busy:
            return click.echo(str(busy), err=True)
        finally:
            database.dispose()

    ready = copy(command)  # the command itself stays as its service declared it
    ready.callback = prepared
    return ready


def _release_unroutable(service: Service) -> click.Command:
    @click.option("--type", "event_type", help="Only events of this type.")
    @click.option("--json", "as_json", is_flag=True, help="Print the count as JSON.")
    def release(event_type: str | None, as_json: bool) -> None:
        with database_of(service.settings(), "job").transaction() as session:
            count = outbox.release_unroutable(session, event_type)
        click.echo(json.dumps({"released": count}) if as_json else f"{count} events will be sent again")

    text = "Send events again that found no queue bound, once their consumer's queue is."
    example = f"\n\n\b\nExample:\n  python -m services.{service.name} job release-unroutable --type {service.name}.x\n"
    return click.command("release-unroutable", help=text + example)(release)


def _redrive(service: Service) -> click.Command:
    @click.option("--event-id", type=click.UUID, help="Only this event.")
    @click.option("--json", "as_json", is_flag=True, help="Print the count as JSON.")
    def redrive(event_id: UUID | None, as_json: bool) -> None:
        with database_of(service.settings(), "job").transaction() as session:
            count = inbox.redrive(session, event_id)
        click.echo(json.dumps({"redriven": count}) if as_json else f"{count} events will be tried again")

    text = "Try parked events again, once what made them fail is mended; those waiting behind them follow."
    example = f"\n\n\b\nExample:\n  python -m services.{service.name} job redrive-parked --json\n"
    return click.command("redrive-parked", help=text + example)(redrive)
