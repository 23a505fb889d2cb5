"""The thread that ties a request to everything it causes: correlation, causation and W3C trace context."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from shared.events.ids import new_id


@dataclass(frozen=True)
class Trace:
    """Where the present work comes from; the outbox writes it into every event."""

    correlation_id: str
    causation_id: UUID | None = None
    traceparent: str | None = None


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace:
    """Return the trace of this context, or begin one, so that no event is ever without a correlation id."""
    trace = _current.get()
    if trace is None:
        trace = Trace(correlation_id=str(new_id()))
        _current.set(trace)
    return trace


@contextmanager
def tracing(
    correlation_id: str | None = None, causation_id: UUID | None = None, traceparent: str | None = None
) -> Iterator[Trace]:
    """Work inside this block belongs to the given correlation (a new one if none is given)."""
    trace = Trace(correlation_id or str(new_id()), causation_id, traceparent)
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)
