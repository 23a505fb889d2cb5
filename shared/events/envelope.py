"""The envelope around an event: CloudEvents 1.0, structured JSON (https://github.com/cloudevents/spec)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import marshmallow as ma

from shared.events.event import Event, known
from shared.events.ids import read_id
from shared.events.schema import read, read_time, write, write_time

CONTENT_TYPE = "application/cloudevents+json"
E = TypeVar("E", bound=Event, covariant=True)
_to_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_quoted = json.encoder.encode_basestring

_LARGEST = 2**63
_NEW = object.__new__
"""Makes a frozen object that is then filled at once: assigning field by field takes a fifth of reading an event."""


class Undecodable(ValueError):
    """These bytes are no event of ours: not JSON, no envelope, or data that its schema refuses."""


class UnknownEvent(Undecodable):
    """A sound envelope of a type, or of a version, that this release does not know."""


@dataclass(frozen=True, kw_only=True)
class Envelope(Generic[E]):
    """An event with where it comes from: which aggregate at which version, when, and what caused it."""

    id: UUID
    source: str
    aggregate_id: UUID
    aggregate_version: int
    occurred_at: datetime
    correlation_id: str
    causation_id: UUID | None = None
    traceparent: str | None = None
    event: E

    @property
    def type(self) -> str:
        """The wire name, which is the routing key."""
        return self.event.type


def encode(envelope: Envelope[Event]) -> str:
    """Write the envelope as one line of JSON; `ValidationError` if the event is not as its class declares."""
    event = envelope.event
    caused = f',"causationid":"{envelope.causation_id}"' if envelope.causation_id else ""
    traced = f',"traceparent":{_quoted(envelope.traceparent)}' if envelope.traceparent else ""
    return (
        f'{{"specversion":"1.0","id":"{envelope.id}","source":{_quoted("/" + envelope.source)},'
        f'"type":{_quoted(event.type)},"subject":"{envelope.aggregate_id}","time":"{write_time(envelope.occurred_at)}",'
        f'"datacontenttype":"application/json","schemaversion":{event.version:d},'
        f'"aggregateversion":{envelope.aggregate_version:d},"correlationid":{_quoted(envelope.correlation_id)}'
        f'{caused}{traced},"data":{_to_json(write(event))}}}'
    )


def decode(raw: bytes | str, parse: Callable[[bytes | str], Any] = json.loads) -> Envelope[Event]:
    """Read an envelope; unknown attributes and fields are ignored. `parse` reads JSON and raises `ValueError`.

    Raises `UnknownEvent` for a type or version of a newer release and `Undecodable` for anything else.
    """
    try:
        attributes = parse(raw)
        return _envelope(attributes, _event(attributes))
    except Undecodable:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, ma.ValidationError) as wrong:
        raise Undecodable(f"{type(wrong).__name__}: {wrong}") from wrong


def _event(attributes: dict[str, Any]) -> Event:
    cls = known().get(attributes["type"])
    if cls is None:
        raise UnknownEvent(f"no event is called {attributes['type']!r}")
    version, data = attributes.get("schemaversion", 1), attributes["data"]
    if version == cls.version:
        return read(cls, data)
    if version > cls.version:
        raise UnknownEvent(f"{cls.type} version {version} is newer than {cls.version}")
    while version < cls.version:
        data, version = cls.upcasters[version](data), version + 1
    return read(cls, data)


def _envelope(attributes: dict[str, Any], event: Event) -> Envelope[Event]:
    causation = attributes.get("causationid")
    made: Envelope[Event] = _NEW(Envelope)
    made.__dict__.update(
        id=read_id(attributes["id"]),
        source=_text(attributes["source"]).removeprefix("/"),
        aggregate_id=read_id(attributes["subject"]),
        aggregate_version=_version(attributes["aggregateversion"]),
        occurred_at=read_time(attributes["time"]),
        correlation_id=_text(attributes["correlationid"]),
        causation_id=read_id(causation) if causation else None,
        traceparent=_text(attributes.get("traceparent", "")) or None,
        event=event,
    )
    return made


def _text(value: Any) -> str:
    """Take a text that every inbox can hold: one bad envelope must not spoil the batch that it came in."""
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(f"{value!r} is no text, or one that cannot be stored")
    value.encode()  # UnicodeEncodeError, a ValueError, for lone surrogates
    return value


def _version(value: Any) -> int:
    if type(value) is not int or not 0 < value < _LARGEST:
        raise ValueError(f"{value!r} is no version of an aggregate")
    return value
