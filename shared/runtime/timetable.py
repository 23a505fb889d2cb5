"""What the scheduler of a service runs: the jobs that the service states, and those that every service has."""

from datetime import timedelta

from shared.runtime.catching_up import reconcile_job
from shared.runtime.housekeeping import drop_shadows, scrub_erased
from shared.runtime.service import Scheduled, Service

RECONCILE = timedelta(minutes=5)


def timetable(service: Service) -> list[Scheduled]:
    """All scheduled jobs; who listens to nobody has missed nothing."""
    reconcile = (
        [Scheduled(command=reconcile_job(service), every=RECONCILE, arguments=["--resume"])] if service.handlers else []
    )
    kept = [
        Scheduled(command=drop_shadows, every=timedelta(hours=1)),
        Scheduled(command=scrub_erased, every=timedelta(days=1)),
    ]
    return [*service.schedule, *reconcile, *kept]
