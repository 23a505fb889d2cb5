"""Query strings against their schemas, in the time of the parameters that were sent.

marshmallow asks every field of a schema for each request, a dozen for a page of products of which two were sent. What
is at fault is told by marshmallow itself; a test holds the two equal.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, missing


class Quick:
    """A schema's fields and defaults, looked up once."""

    def __init__(self, schema: Schema) -> None:
        fields = schema.load_fields
        self._schema = schema
        self._fields = {field.data_key or name: (field.attribute or name, field) for name, field in fields.items()}
        self._defaults = {
            field.attribute or name: field.load_default
            for name, field in fields.items()
            if field.load_default is not missing
        }
        self._checks = [name for name, *_ in schema._hooks.get("validates_schema", ())]
        self._needed = {field.data_key or name for name, field in fields.items() if field.required}
        self._fits = (
            schema.unknown == RAISE
            and not any(hooks for moment, hooks in schema._hooks.items() if moment != "validates_schema")
            and not any(callable(default) for default in self._defaults.values())
            and not any("." in key for key in self._defaults)
        )

    def load(self, values: Mapping[str, str]) -> dict[str, Any] | None:
        """What `schema.load` gives; None if that must be asked, because something is wrong or is not as plain."""
        if not (self._fits and self._needed <= values.keys() <= self._fields.keys()):
            return None
        loaded = dict(self._defaults)
        try:
            for name, value in values.items():
                key, field = self._fields[name]
                loaded[key] = field.deserialize(value, name, values)
            for check in self._checks:
                getattr(self._schema, check)(loaded, partial=None, many=False, unknown=RAISE)
        except ValidationError:
            return None
        return loaded


@lru_cache(maxsize=256)
def quick(schema: Schema) -> Quick:
    """The quick form of a schema; schemas are constants of modules."""
    return Quick(schema)
