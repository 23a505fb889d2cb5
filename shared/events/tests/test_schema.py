"""The short way of reading and writing and the schema say the same of every event."""

from dataclasses import MISSING, fields, replace
from typing import Any

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.event import Event
from shared.events.identity import CustomerErased
from shared.events.schema import read, schema_of, write
from shared.events.tests.strategies import DECLARED, data_of, enough, events

every_event = pytest.mark.parametrize("cls", DECLARED, ids=lambda cls: cls.type)


def by_schema(cls: type[Event], data: dict[str, Any]) -> Event | set[str]:
    """The event that the schema makes of the data, or the names of the fields that it refuses."""
    try:
        return cls(**schema_of(cls).load(data, unknown=ma.EXCLUDE))
    except ma.ValidationError as refused:
        return set(refused.normalized_messages())  # type: ignore[no-untyped-call]


def by_the_short_way(cls: type[Event], data: dict[str, Any]) -> Event | set[str]:
    """The event that `read` makes of the data, or the names of the fields that it refuses."""
    try:
        return read(cls, data)
    except ma.ValidationError as refused:
        return set(refused.normalized_messages())  # type: ignore[no-untyped-call]


@every_event
@enough
@given(draw=st.data())
def test_both_ways_read_the_same_and_refuse_the_same_fields(cls: type[Event], draw: st.DataObject) -> None:
    data = draw.draw(data_of(cls))
    assert by_the_short_way(cls, data) == by_schema(cls, data)


@every_event
@enough
@given(draw=st.data())
def test_what_was_written_reads_back_the_same_both_ways(cls: type[Event], draw: st.DataObject) -> None:
    event = draw.draw(events(cls))
    written = write(event)
    assert by_the_short_way(cls, written) == event
    assert by_schema(cls, written) == event


@every_event
@enough
@given(draw=st.data())
def test_a_value_of_another_type_is_not_published(cls: type[Event], draw: st.DataObject) -> None:
    event = draw.draw(events(cls))
    name = draw.draw(st.sampled_from([field.name for field in fields(cls)]))
    with pytest.raises(ma.ValidationError, match=cls.type):
        write(replace(event, **{name: object()}))


@every_event
def test_data_that_lacks_fields_is_refused_by_their_names(cls: type[Event]) -> None:
    with pytest.raises(ma.ValidationError) as refused:
        read(cls, {})
    needed = {field.name for field in fields(cls) if field.default is MISSING and field.default_factory is MISSING}
    assert set(refused.value.normalized_messages()) == needed  # type: ignore[no-untyped-call]


@every_event
@enough
@given(draw=st.data())
def test_a_field_of_a_later_release_is_ignored(cls: type[Event], draw: st.DataObject) -> None:
    event = draw.draw(events(cls))
    assert read(cls, {**write(event), "of_a_later_release": {"any": ["thing"]}}) == event


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-20T08:30:00"])
def test_a_time_that_has_no_moment_in_utc_is_refused_by_name(moment: str) -> None:
    data = {"customer_id": "019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21", "erased_at": moment}
    assert by_the_short_way(CustomerErased, data) == by_schema(CustomerErased, data) == {"erased_at"}
