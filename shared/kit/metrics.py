"""Prometheus metrics of a process, or of all workers of one when `PROMETHEUS_MULTIPROC_DIR` names a folder."""

import os
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Histogram(
    "http_request_seconds",
    "Time from the request's arrival to its answer's first byte.",
    ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request under its route's template, so that ids do not multiply the series."""
    REQUESTS.labels(method, route, str(status)).observe(seconds)


def exposition() -> tuple[bytes, str]:
    """Return the metrics as text and its media type, summed over the workers if there are several."""
    registry = REGISTRY
    if shared_folder():
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


def shared_folder() -> Path | None:
    """Return the folder in which workers share their numbers, if there is one."""
    folder = os.environ.get(VARIABLE)
    return Path(folder) if folder else None


def start_afresh() -> None:
    """Empty the shared folder: files of an earlier run would be counted again. Call before any worker starts."""
    if folder := shared_folder():
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.db"):
            old.unlink()


def worker_ended(pid: int) -> None:
    """Forget the live gauges of a worker that ended."""
    if shared_folder():
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
