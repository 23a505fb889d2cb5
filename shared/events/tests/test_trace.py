"""What a request causes carries its correlation; nothing is ever without one."""

from contextvars import Context

from shared.events import trace
from shared.events.ids import new_id


def test_work_inside_a_trace_belongs_to_it_and_no_longer() -> None:
    cause = new_id()
    with trace.tracing("outer"):
        with trace.tracing("inner", causation_id=cause, traceparent="00-…") as inner:
            assert trace.current() == inner == trace.Trace("inner", cause, "00-…")
        assert trace.current().correlation_id == "outer"


def test_work_without_a_trace_begins_one_and_keeps_it() -> None:
    first, again = Context().run(lambda: (trace.current(), trace.current()))
    assert first == again
    assert first.correlation_id != Context().run(trace.current).correlation_id


def test_a_trace_without_a_correlation_is_given_one() -> None:
    with trace.tracing() as made:
        assert made.correlation_id
