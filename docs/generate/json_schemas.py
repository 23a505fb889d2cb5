"""JSON Schema (2020-12) of every event as it travels: the CloudEvents attributes, and its data inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import datetime
from inspect import getdoc
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from shared.events.event import Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

AN_ID: Schema = {"type": "string", "format": "uuid"}
A_MOMENT: Schema = {"type": "string", "format": "date-time"}
TYPES: dict[Any, Schema] = {
    UUID: AN_ID,
    datetime: A_MOMENT,
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Mapping[str, str]: {"type": "object", "additionalProperties": {"type": "string"}},
    Mapping[str, int]: {"type": "object", "additionalProperties": {"type": "integer"}},
}
TRACEPARENT = "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"


def schema_of_message(cls: type[Event]) -> Schema:
    """The whole message of an event's present version; fields that it does not name are to be ignored."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:market:event:{cls.type}:{cls.version}",
        "title": f"{cls.type}, version {cls.version}",
        "description": getdoc(cls) or "",
        "type": "object",
        "required": [*_required_attributes(cls), "data"],
        "properties": {**_required_attributes(cls), **_optional_attributes(), "data": schema_of_data(cls)},
    }


def schema_of_data(cls: type[Event]) -> Schema:
    """The data of an event: every field required unless its class gives a default."""
    hints = get_type_hints(cls)
    return {
        "type": "object",
        "required": [field.name for field in fields(cls) if not has_default(field)],
        "properties": {field.name: schema_of_hint(hints[field.name]) for field in fields(cls)},
    }


def schema_of_hint(hint: Any) -> Schema:
    """The schema of one field's type."""
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
        return {**TYPES[inner], "type": [TYPES[inner]["type"], "null"]}
    return dict(TYPES[hint])


def has_default(field: Field[Any]) -> bool:
    """Whether readers do without the field, as those of older bodies must."""
    return field.default is not MISSING or field.default_factory is not MISSING


def _required_attributes(cls: type[Event]) -> dict[str, Schema]:
    return {
        "specversion": {"const": "1.0"},
        "id": {**AN_ID, "description": "The same however often the event is delivered."},
        "source": {"const": f"/{cls.publisher}"},
        "type": {"const": cls.type},
        "subject": {**AN_ID, "description": f"The aggregate: data.{cls.aggregate}."},
        "time": {**A_MOMENT, "description": "When it happened, in UTC."},
        "datacontenttype": {"const": "application/json"},
        "schemaversion": {"const": cls.version},
        "aggregateversion": {"type": "integer", "minimum": 1, "description": "Counts the aggregate's changes."},
        "correlationid": {"type": "string", "description": "Of the request that it all began with."},
    }


def _optional_attributes() -> dict[str, Schema]:
    return {
        "causationid": {**AN_ID, "description": "The event that caused this one."},
        "traceparent": {"type": "string", "pattern": TRACEPARENT, "description": "W3C Trace Context."},
    }
