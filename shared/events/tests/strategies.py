"""Any event of any declared type, and data that is right, odd or wrong, for hypothesis to try."""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st

from shared.events import identity, vendor
from shared.events.envelope import Envelope
from shared.events.event import Event, known
from shared.events.ids import new_id
from shared.events.schema import write

enough = settings(max_examples=40, deadline=None)
DECLARED = sorted(known().values(), key=lambda cls: cls.type)
assert {identity.CustomerCreated, vendor.VendorApproved} <= set(DECLARED)

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
IDS = st.uuids() | st.builds(new_id)
# Not the calendar's ends, where another zone's clock has no year for the moment.
MOMENTS = st.datetimes(timezones=ZONES).filter(lambda moment: 2 <= moment.year <= 9998)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    UUID: IDS,
    datetime: MOMENTS,
    str: TEXTS,
    int: st.integers(),
    bool: st.booleans(),
    Mapping[str, str]: st.dictionaries(TEXTS, TEXTS, max_size=3),
    Mapping[str, int]: st.dictionaries(TEXTS, st.integers(), max_size=3),
}
ODD_TEXTS = [
    "",
    "yes",
    "1",
    "2026-11-20",
    "2026-11-20T08:30:00",
    "20261120T083000Z",
    "2026-11-20T08:30:00,5+02:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "019a9d3c2f007c1e8a553c7b1e0f9d21",
    "{019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21}",
    "urn:uuid:019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21",
]
NUMBERS = st.integers() | st.floats(allow_nan=False)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.sampled_from(ODD_TEXTS) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=3,
)


def events(cls: type[Event]) -> st.SearchStrategy[Event]:
    """Events of one type with values of their declared types."""
    hints = get_type_hints(cls)
    return st.builds(cls, **{field.name: _of(hints[field.name]) for field in fields(cls)})


def envelopes(cls: type[Event]) -> st.SearchStrategy[Envelope[Event]]:
    """Envelopes around events of one type."""
    return st.builds(_envelope, events(cls), IDS, st.integers(1, 2**31 - 1), MOMENTS, st.none() | IDS)


def data_of(cls: type[Event]) -> st.SearchStrategy[dict[str, Any]]:
    """Data of one type as it may arrive: right, or with fields changed, absent or added."""
    names = [field.name for field in fields(cls)]
    changes = st.dictionaries(st.sampled_from(names), JSON_VALUES, max_size=2)
    additions = st.dictionaries(st.text(max_size=8).filter(lambda name: name not in names), JSON_VALUES, max_size=1)
    absent = st.sets(st.sampled_from(names), max_size=1)
    return st.builds(_changed, events(cls), changes, additions, absent)


def _of(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([st.none() if arg is type(None) else VALUES[arg] for arg in get_args(hint)])
    return VALUES[hint]


def _envelope(
    event: Event, identifier: UUID, version: int, occurred_at: datetime, causation_id: UUID | None
) -> Envelope[Event]:
    return Envelope(
        id=identifier,
        source=event.publisher,
        aggregate_id=event.aggregate_id,
        aggregate_version=version,
        occurred_at=occurred_at.astimezone(UTC),
        correlation_id=str(new_id()),
        causation_id=causation_id,
        event=event,
    )


def _changed(event: Event, changes: dict[str, Any], additions: dict[str, Any], absent: set[str]) -> dict[str, Any]:
    data = {**write(event), **additions, **changes}
    whole: dict[str, Any] = json.loads(json.dumps({name: data[name] for name in data if name not in absent}))
    return whole
