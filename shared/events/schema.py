"""The marshmallow schema of an event, made from its dataclass, and the short way to the same answer.

A schema says what is right and words what is wrong. Tens of thousands of events a second do not pass through it: they
take `reader` and `writer`, plain functions per field made from the same table, and only what those refuse is shown to
the schema for its reasons. A property test holds the two ways equal.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import UTC, datetime
from types import UnionType
from typing import Any, ClassVar, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import marshmallow as ma

from shared.events.event import Event
from shared.events.ids import read_id

E = TypeVar("E", bound=Event)
_NEW = object.__new__


class Kind(NamedTuple):
    """How one type travels: its marshmallow field, how it is written to JSON and read back."""

    field: Callable[..., ma.fields.Field[Any]]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _exactly(kind: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"{value!r} is not a {kind.__name__}")
        return value

    return check


_text, _uuid, _number = _exactly(str), _exactly(UUID), _exactly(int)


def _write_uuid(value: Any) -> str:
    return str(value) if type(value) is UUID else str(_uuid(value))


def _read_uuid(value: Any) -> UUID:
    return read_id(_text(value))


def write_time(value: datetime) -> str:
    """RFC 3339 in UTC with a trailing Z; a time without a zone is refused."""
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


def read_time(value: Any) -> datetime:
    """Read RFC 3339 into UTC; a time without a zone, or without a year there, is refused."""
    return _in_utc(datetime.fromisoformat(_text(value)))


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{moment!r} is before the year 1 or after 9999 in UTC") from None


def _texts(value: Any) -> dict[str, str]:
    if type(value) is not dict and not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is not a mapping")
    return {_text(k): _text(v) for k, v in value.items()}


def _texts_field(**options: Any) -> ma.fields.Field[Any]:
    return ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), **options)


def _counts(value: Any) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is not a mapping")
    return {_text(k): _number(v) for k, v in value.items()}


def _counts_field(**options: Any) -> ma.fields.Field[Any]:
    return ma.fields.Dict(keys=ma.fields.String(), values=_int_field(), **options)


class _TimeField(ma.fields.AwareDateTime):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        try:
            return _in_utc(moment)
        except ValueError as wrong:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from wrong


def _int_field(**options: Any) -> ma.fields.Field[Any]:
    return ma.fields.Integer(strict=True, **options)


KINDS: dict[Any, Kind] = {
    UUID: Kind(ma.fields.UUID, _write_uuid, _read_uuid),
    datetime: Kind(_TimeField, write_time, read_time),
    str: Kind(ma.fields.String, _text, _text),
    int: Kind(_int_field, _number, _number),
    bool: Kind(ma.fields.Boolean, _exactly(bool), _exactly(bool)),
    Mapping[str, str]: Kind(_texts_field, _texts, _texts),
    Mapping[str, int]: Kind(_counts_field, _counts, _counts),
}


def _optional(kind: Kind) -> Kind:
    def maybe(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda value: None if value is None else convert(value)

    def field(**options: Any) -> ma.fields.Field[Any]:
        return kind.field(allow_none=True, **options)

    return Kind(field, maybe(kind.write), maybe(kind.read))


def _kind(hint: Any) -> Kind:
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
        return _optional(KINDS[inner])
    return KINDS[hint]


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _marshmallow(declared: Field[Any], kind: Kind) -> ma.fields.Field[Any]:
    default = _default(declared)
    return kind.field(required=True) if default is MISSING else kind.field(load_default=default)


class Shape:
    """One event class as it travels: how each field is written and read, and its schema."""

    of: ClassVar[dict[type[Event], "Shape"]] = {}

    def __init__(self, cls: type[Event]) -> None:
        hints = get_type_hints(cls)
        kinds = [(field.name, _kind(hints[field.name])) for field in fields(cls)]
        self.writers = tuple((name, kind.write) for name, kind in kinds)
        self.readers = tuple((name, kind.read) for name, kind in kinds)
        declared = {field.name: _marshmallow(field, _kind(hints[field.name])) for field in fields(cls)}
        self.schema: ma.Schema = ma.Schema.from_dict(declared, name=cls.__name__)()


def _shape(cls: type[Event]) -> Shape:
    shape = Shape.of.get(cls)
    if shape is None:
        shape = Shape.of[cls] = Shape(cls)
    return shape


def schema_of(cls: type[Event]) -> ma.Schema:
    """The marshmallow schema of an event's data: every field required unless the dataclass gives a default."""
    return _shape(cls).schema


def write(event: Event) -> dict[str, Any]:
    """Turn an event into JSON-ready data. Strict: a value that is not of its declared type raises `ValidationError`."""
    try:
        return {name: write_one(getattr(event, name)) for name, write_one in _shape(type(event)).writers}
    except (TypeError, ValueError, AttributeError) as wrong:
        raise ma.ValidationError(f"{event.type} cannot be published: {wrong}") from wrong


def read(cls: type[E], data: Mapping[str, Any]) -> E:
    """Turn data into an event. Lenient: unknown fields are ignored, absent ones take their default.

    Raises `marshmallow.ValidationError` naming each wrong field.
    """
    try:
        values = {name: read_one(data[name]) for name, read_one in _shape(cls).readers}
    except (TypeError, ValueError, KeyError):
        return cls(**schema_of(cls).load(data, unknown=ma.EXCLUDE))
    made: E = _NEW(cls)
    made.__dict__.update(values)
    return made
