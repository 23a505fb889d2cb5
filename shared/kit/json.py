"""JSON by orjson, for every answer of an app."""

from typing import Any

import orjson
from flask.json.provider import JSONProvider

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class OrjsonProvider(JSONProvider):
    """UUIDs and aware times are written as text; times in UTC end in Z."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Write JSON."""
        return orjson.dumps(obj, option=_OPTIONS).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read JSON."""
        return orjson.loads(s)
