"""Fields that take exactly what their OpenAPI type says: a number is no text, a time has a zone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import fields


class WholeNumber(fields.Integer):
    """A JSON number without a fraction, of 64 bits; `"5"` and `true` are not numbers."""

    def _validated(self, value: Any) -> int:
        whole = isinstance(value, float) and value.is_integer()
        if isinstance(value, bool) or not (isinstance(value, int) or whole) or abs(value) >= 2**63:
            raise self.make_error("invalid", input=value)
        return int(value)


class Flag(fields.Boolean):
    """`true` or `false`; no other spelling."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class AnyText(fields.String):
    """Text that is never refused for its characters: those that no database can store are dropped before loading."""


class Instant(fields.AwareDateTime):
    """A time with its zone (RFC 3339), in UTC once loaded and when dumped."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment = super()._deserialize(value, attr, data, **kwargs)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return str(super()._serialize(value.astimezone(UTC), attr, obj, **kwargs)).replace("+00:00", "Z")
