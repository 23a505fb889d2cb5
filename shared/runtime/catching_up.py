"""The commands that make up for what a service missed: `bootstrap` for all of a publisher's past, `job reconcile`."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any, NoReturn

import click
import orjson

from shared.inspection.client import CannotAsk, InternalClient, NotThere, Refused, services
from shared.kit.database import Database
from shared.kit.settings import Settings
from shared.runtime import jobs
from shared.runtime.reconcile import Reconciler
from shared.runtime.service import Service

_BY_JOB = {"actor": "job reconcile", "reason": "scheduled"}

ReadSettings = Callable[[Service, str], Settings]


def bootstrap_command(service: Service, read_settings: ReadSettings) -> click.Command:
    """Return `python -m services.X bootstrap --from PUBLISHER`."""

    @click.option("--from", "source", required=True, help="Whose log to read.")
    @click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
    def begin(source: str, as_json: bool) -> None:
        from shared.runtime.bootstrap import NothingHeard, bootstrap  # it speaks to the broker

        settings = read_settings(service, "bootstrap")
        try:
            made = bootstrap(service, settings, services(settings), source)
        except (CannotAsk, NotThere, Refused, NothingHeard, OSError) as problem:
            _fail(problem)
        said = f"{made.read} events read from {source}, {made.drained} taken from the queue"
        click.echo(json.dumps(asdict(made)) if as_json else said)

    text_ = "Learn a publisher's whole past, then what came meanwhile; for a new consumer, safe to run again."
    example = f"\n\n\b\nExample:\n  python -m services.{service.name} bootstrap --from identity\n"
    return click.command("bootstrap", help=text_ + example)(begin)


def reconcile_job(service: Service) -> click.Command:
    """Return `python -m services.X job reconcile`."""

    @click.option("--heal", is_flag=True, help="Hand to the consumer what it missed, and make lost rows again.")
    @click.option("--resume", is_flag=True, help="Compare what came since nothing was missing; all of it once a day.")
    @click.option("--grace", default=5.0, show_default=True, help="Seconds for which an event may be on its way.")
    @click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
    def compare(heal: bool, resume: bool, grace: float, as_json: bool) -> None:
        with jobs.opened(service, "reconcile") as (settings, database):
            try:
                report = _reconcile(service, settings, database, heal=heal, resume=resume, grace=grace)
            except (CannotAsk, NotThere, Refused) as problem:
                _fail(problem)
        jobs.say(report, None if as_json else _sentence(report))
        if report["unreachable"] or report["missing"]:
            raise SystemExit(1)

    text_ = "Compare the publishers' logs with what this service knows; exit code 1 if something is missing."
    example = f"\n\n\b\nExample:\n  python -m services.{service.name} job reconcile --heal\n"
    return click.command("reconcile", help=text_ + example)(compare)


def _reconcile(
    service: Service, settings: Settings, database: Database, *, heal: bool, resume: bool, grace: float
) -> dict[str, Any]:
    """Do it where its metrics are watched: in the scheduler, else in the web process; here if that is not at work."""
    others = services(settings)
    if not (resume or jobs.scheduled()):
        with suppress(CannotAsk):
            return _asked(others[service.name], heal=heal, grace=grace)
    reconciler = Reconciler(service, database.transaction, others)
    done = reconciler.heal(**_BY_JOB, grace=grace) if heal else reconciler.compare(grace, resume=resume)
    return dict(orjson.loads(orjson.dumps(asdict(done))))


def _asked(web: InternalClient, *, heal: bool, grace: float) -> dict[str, Any]:
    answer = web.post(f"/internal/reconcile?grace={grace}", _BY_JOB) if heal else None
    return dict(answer or web.get("/internal/reconcile", grace=grace))


def _sentence(report: dict[str, Any]) -> str:
    counted = ", ".join(f"{count} of {source}" for source, count in report["compared"].items()) or "nothing"
    words = [f"compared {counted}; {report['missing']} missing, {report['healed']} healed"]
    found = [
        f"  {it['event_id'] or it['customer_id']}  {it['detail']}, for {it['seconds']:.0f} s"
        for it in report["findings"]
    ]
    return "\n".join([*words, *found, *report["unreachable"]])


def _fail(problem: Any) -> NoReturn:
    raise click.ClickException(str(problem)) from None
