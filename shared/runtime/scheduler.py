"""The scheduler: one process that runs a service's jobs again and again, each in a thread and none in another's way."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import click
import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared.kit.database import Database
from shared.runtime import jobs
from shared.runtime.jobs import Workplace
from shared.runtime.service import Scheduled, Service

log = structlog.get_logger(__name__)

RUNS = Counter("job_runs_total", "Runs of scheduled jobs, by how they ended", ["job", "outcome"])
SECONDS = Histogram("job_seconds", "Time that a run took", ["job"], buckets=(0.01, 0.05, 0.25, 1, 5, 30, 120, 600))
LAST = Gauge("job_last_success_timestamp_seconds", "When a job last ended well", ["job"])

FIRST = timedelta(seconds=20)
"""How long after the start a job waits at most, so that a system that starts is not swept at once."""


class Scheduler:
    """Runs each job, waits its interval, and runs it again; a job that fails is told, and runs again like any other.

    A job whose lock another process holds is passed over. `stop` lets what has begun finish.
    """

    def __init__(
        self,
        service: Service,
        schedule: Sequence[Scheduled],
        settings: Any,
        database: Database,
        *,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._service, self._schedule, self._beat = service, schedule, beat
        self._settings, self._database = settings, database
        self._failing: set[str] = set()
        self.stop = threading.Event()

    def run(self) -> None:
        """Work until told to stop; the heart beats as long as every job has its thread."""
        threads = [threading.Thread(target=self._keep, args=(each,), name=each.name) for each in self._schedule]
        for thread in threads:
            thread.start()
        while not self.stop.wait(1):
            if all(thread.is_alive() for thread in threads):
                self._beat()
        for thread in threads:
            thread.join()

    def _keep(self, each: Scheduled) -> None:
        pause = min(each.every, FIRST)
        while not self.stop.wait(pause.total_seconds()):
            self.once(each)
            pause = each.every

    def once(self, each: Scheduled) -> None:
        """Run a job now; whatever it does, this returns."""
        began = time.monotonic()
        outcome = self._outcome(each)
        RUNS.labels(each.name, outcome).inc()
        SECONDS.labels(each.name).observe(time.monotonic() - began)
        if outcome == "done":
            LAST.labels(each.name).set_to_current_time()
            self._failing.discard(each.name)

    def _outcome(self, each: Scheduled) -> str:
        place = Workplace(self._settings, self._database, lambda facts: _tell(each.name, facts))
        try:
            with jobs.lending(place), jobs.alone(self._database, each.name):
                each.command.main([*each.arguments], each.name, standalone_mode=False, obj=self._service)
        except jobs.Busy:
            return "busy"
        except SystemExit as ended:
            return "done" if not ended.code else self._failed(each.name, None, f"exit code {ended.code}")
        except click.ClickException as refused:
            return self._failed(each.name, None, refused.format_message())
        except Exception as error:  # noqa: BLE001 - one job's fault is never another's
            return self._failed(each.name, error, f"{type(error).__name__}: {error}")
        return "done"

    def _failed(self, job: str, error: Exception | None, reason: str) -> str:
        """Tell a fault with its traceback once, and in a line each time that it comes again."""
        log.error("job.failed", job=job, reason=reason[:500], exc_info=None if job in self._failing else error)
        self._failing.add(job)
        return "failed"


def _tell(job: str, facts: jobs.Facts) -> None:
    """A run that did something is worth a line, of what it counted."""
    shown = {name: value for name, value in facts.items() if isinstance(value, int | float)}
    worth = log.info if any(shown.values()) else log.debug
    worth("job.done", job=job, **shown)
