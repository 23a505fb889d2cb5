"""Answers in the shape of their schemas, in the time that copying them takes.

marshmallow looks up each value of each nested object through four functions, most of which only find that a text is a
text: a cart of eight lines takes it longer than PostgreSQL takes to judge them. Here what a field does to a value of
its own type is looked up once for each schema; whatever is not as plain is the field's own to serialise, and a schema
with hooks marshmallow's to dump. A test holds the two equal.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, missing

Write = Callable[[Any], Any]
_PLAIN: Mapping[type, type] = {fields.Integer: int, fields.String: str, fields.Boolean: bool}
"""What is dumped as it is: a value of just this type, by a field of just that one."""


def dump(schema: Schema, value: Any) -> Any:
    """What `schema.dump` gives. Meant for dictionaries; schemas are constants of modules."""
    return _dumper(schema)(value)


@lru_cache(maxsize=256)
def _dumper(schema: Schema) -> Write:
    hooked = any(schema._hooks.get(moment) for moment in ("pre_dump", "post_dump"))
    if hooked or schema.many or not all(_is_read(field) for field in schema.dump_fields.values()):
        return schema.dump
    plan = [
        (field.data_key or name, field.attribute or name, _writer(name, field))
        for name, field in schema.dump_fields.items()
    ]

    def dumped(value: Any) -> Any:
        if type(value) is not dict:
            return schema.dump(value)
        return {key: write(value[name]) for key, name, write in plan if name in value}

    return dumped


def _is_read(field: Any) -> bool:
    """Whether a field writes what stands under its name, and nothing if nothing does."""
    return field._CHECK_ATTRIBUTE and field.dump_default is missing and "." not in (field.attribute or "")


def _writer(name: str, field: Any) -> Write:
    own: Write = lambda value: field._serialize(value, name, {})  # noqa: E731
    kind, plain = type(field), _PLAIN.get(type(field))
    if plain and not getattr(field, "as_string", False):
        return lambda value: value if type(value) is plain or value is None else own(value)
    if kind is fields.UUID:
        return lambda value: str(value) if type(value) is UUID else own(value)
    if kind is fields.Nested and not (field.many or field.only or field.exclude):
        inner = _dumper(field.schema)
        return lambda value: None if value is None else inner(value)
    if kind is fields.List:
        each = _writer(name, field.inner)
        return lambda value: None if value is None else [each(one) for one in value]
    return own
