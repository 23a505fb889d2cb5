"""An envelope comes back as it was sent, is a CloudEvent to others, and what cannot be one is refused in one way."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar
from uuid import UUID

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from shared.events.envelope import CONTENT_TYPE, Envelope, Undecodable, UnknownEvent, decode, encode
from shared.events.event import Event, _registry
from shared.events.identity import CustomerErased
from shared.events.ids import new_id
from shared.events.tests.strategies import DECLARED, JSON_VALUES, enough, envelopes

every_event = pytest.mark.parametrize("cls", DECLARED, ids=lambda cls: cls.type)
NOON = datetime(2026, 11, 20, 12, tzinfo=timezone(timedelta(0)))


@dataclass(frozen=True, kw_only=True)
class ParcelSent(Event):
    """A word that only these tests know, in its third version."""

    type: ClassVar[str] = "parcel.sent"
    publisher: ClassVar[str] = "parcels"
    aggregate: ClassVar[str] = "parcel_id"
    version: ClassVar[int] = 3
    upcasters: ClassVar[Any] = {
        1: lambda data: {**data, "grams": data["kilograms"] * 1000},
        2: lambda data: {**data, "carrier": "unknown"},
    }

    parcel_id: UUID
    grams: int
    carrier: str
    fragile: bool = False


@pytest.fixture
def parcels() -> Iterator[type[ParcelSent]]:
    """Declare the word for the length of one test."""
    _registry[ParcelSent.type] = ParcelSent
    yield ParcelSent
    del _registry[ParcelSent.type]


def erased() -> Envelope[Event]:
    event = CustomerErased(customer_id=new_id(), erased_at=NOON)
    return Envelope(
        id=new_id(),
        source="identity",
        aggregate_id=event.customer_id,
        aggregate_version=3,
        occurred_at=NOON,
        correlation_id="request-1",
        event=event,
    )


def attributes(**changes: Any) -> dict[str, Any]:
    """The attributes of an erasure as JSON data, with changes; `...` removes one."""
    whole = {**json.loads(encode(erased())), **changes}
    return {name: value for name, value in whole.items() if value is not ...}


def parcel(version: int, **data: Any) -> str:
    parcel_id = str(new_id())
    return json.dumps(
        attributes(type="parcel.sent", subject=parcel_id, schemaversion=version, data={"parcel_id": parcel_id, **data})
    )


@every_event
@enough
@given(draw=st.data())
def test_an_envelope_comes_back_as_it_was_sent(cls: type[Event], draw: st.DataObject) -> None:
    envelope = draw.draw(envelopes(cls))
    assert decode(encode(envelope)) == envelope
    assert decode(encode(envelope).encode()) == envelope


def test_an_envelope_keeps_what_ties_it_to_its_cause() -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    envelope = replace(erased(), causation_id=new_id(), traceparent=trace)
    assert decode(encode(envelope)) == envelope


@every_event
@enough
@given(draw=st.data())
def test_others_read_it_as_a_cloud_event(cls: type[Event], draw: st.DataObject) -> None:
    envelope = draw.draw(envelopes(cls))
    message = HTTPMessage({"content-type": CONTENT_TYPE}, encode(envelope).encode())
    seen = from_structured_event(message, JSONFormat())
    assert (seen.get_id(), seen.get_type()) == (str(envelope.id), cls.type)
    assert (seen.get_source(), seen.get_subject()) == (f"/{cls.publisher}", str(envelope.aggregate_id))
    assert seen.get_time() == envelope.occurred_at
    assert seen.get_extension("aggregateversion") == envelope.aggregate_version
    assert seen.get_data() == json.loads(encode(envelope))["data"]


def test_a_version_one_event_climbs_through_every_upcaster(parcels: type[ParcelSent]) -> None:
    event = decode(parcel(1, kilograms=2)).event
    assert isinstance(event, ParcelSent)
    assert (event.grams, event.carrier, event.fragile) == (2000, "unknown", False)


def test_a_version_two_event_climbs_only_the_rest(parcels: type[ParcelSent]) -> None:
    event = decode(parcel(2, grams=5)).event
    assert isinstance(event, ParcelSent)
    assert (event.grams, event.carrier) == (5, "unknown")


def test_a_minor_addition_is_read_with_its_default_or_its_value(parcels: type[ParcelSent]) -> None:
    absent, given_ = decode(parcel(3, grams=1, carrier="DHL")), decode(parcel(3, grams=1, carrier="DHL", fragile=True))
    assert [getattr(envelope.event, "fragile", None) for envelope in (absent, given_)] == [False, True]


def test_data_that_its_upcaster_cannot_read_is_undecodable(parcels: type[ParcelSent]) -> None:
    with pytest.raises(Undecodable, match="kilograms"):
        decode(parcel(1, pounds=2))


def test_a_newer_version_or_an_unknown_type_is_told_apart_from_nonsense(parcels: type[ParcelSent]) -> None:
    for raw in (parcel(4, grams=1, carrier="DHL"), json.dumps(attributes(type="moon.landed"))):
        with pytest.raises(UnknownEvent):
            decode(raw)


@pytest.mark.parametrize("name", ["id", "type", "subject", "time", "aggregateversion", "correlationid", "data"])
def test_a_missing_attribute_is_named(name: str) -> None:
    with pytest.raises(Undecodable, match=name):
        decode(json.dumps(attributes(**{name: ...})))


def test_missing_data_fields_are_named() -> None:
    with pytest.raises(Undecodable, match="erased_at"):
        decode(json.dumps(attributes(data={"customer_id": str(new_id())})))


def test_attributes_of_others_are_ignored() -> None:
    assert decode(json.dumps(attributes(partitionkey="7", dataschema="urn:x"))).event


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time", "0001-01-01T00:00:00+14:00"),
        ("time", "9999-12-31T23:59:59-14:00"),
        ("aggregateversion", 2**63),
        ("aggregateversion", -1),
        ("aggregateversion", 1.5),
        ("aggregateversion", "1"),
        ("correlationid", "a\x00b"),
        ("correlationid", "a\ud800b"),
        ("correlationid", ["a"]),
        ("source", "/a\x00b"),
        ("traceparent", "\x00"),
        ("traceparent", 5),
        ("schemaversion", 0),
    ],
)
def test_an_attribute_that_no_inbox_can_hold_is_undecodable(name: str, value: Any) -> None:
    with pytest.raises(Undecodable):
        decode(json.dumps(attributes(**{name: value})))


@enough
@given(raw=st.binary(max_size=64) | JSON_VALUES.map(json.dumps))
def test_bytes_that_are_no_event_are_refused_in_one_way(raw: bytes | str) -> None:
    with pytest.raises(Undecodable):
        decode(raw)


@enough
@given(name=st.sampled_from(sorted(attributes())), value=JSON_VALUES)
def test_whatever_an_attribute_holds_it_is_an_envelope_or_undecodable(name: str, value: Any) -> None:
    try:
        envelope = decode(json.dumps(attributes(**{name: value})))
    except Undecodable:
        return
    assert decode(encode(envelope)) == envelope
