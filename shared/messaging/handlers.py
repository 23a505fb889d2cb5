"""What a consumer does with each kind of event: a table, and the mark of a handler that takes many at once."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from shared.events import trace
from shared.events.envelope import Envelope
from shared.events.event import Event

E = TypeVar("E", bound=Event)
Handle = Callable[[Session, Envelope[Any]], None]
HandleMany = Callable[[Session, Sequence[Envelope[Any]]], None]


class Batched:
    """A handler that takes a run of events of one type, in order, in one transaction."""

    def __init__(self, handle: HandleMany) -> None:
        self.handle = handle


Handlers = Mapping[type[Event], Handle | Batched]


def batched(handle: Callable[[Session, Sequence[Envelope[E]]], None]) -> Batched:
    """Mark a handler as taking many; should one event spoil the batch, it is called again with one at a time."""
    return Batched(handle)


def run_handlers(handlers: Handlers, session: Session, envelopes: Sequence[Envelope[Event]]) -> None:
    """Hand events over in runs of one type, which keeps their order within every aggregate, and flush."""
    for kind, run in groupby(envelopes, key=lambda envelope: type(envelope.event)):
        handler, several = handlers[kind], list(run)
        if isinstance(handler, Batched):
            handler.handle(session, several)
            continue
        for envelope in several:
            with trace.tracing(envelope.correlation_id, envelope.id, envelope.traceparent):
                handler(session, envelope)
    session.flush()
