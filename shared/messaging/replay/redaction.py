"""Stand-ins for what is personal or secret: the same value gets the same one within an export, and nobody gets back.

Whatever is not known to be harmless is replaced: ids, times, numbers and the words of the system stay, any other text
gets a stand-in. The key is made for one export and thrown away.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from typing import Any, TypeVar

PLAIN = {"locale", "status", "outcome", "source", "type", "correlation_id"}
"""Fields whose text is a word of the system."""
PLAIN_IN = {("vendor_customer.unlinked", "reason"), ("vendor_invite.refused", "reason")}
PLAIN_IN_TABLES = {("vendor_customer_removal", "reason")}
ALIASES = {"invite_token": "token", "label": "text", "reason": "text"}
_HARMLESS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[0-9.:+Z-]*"
)
SECRET = {"token", "invite_token", "email", "name"}
"""Fields whose text is replaced whatever it looks like."""


Fields = TypeVar("Fields", dict[str, Any], dict[str, Any] | None)


def veiled(row: Fields) -> Fields:
    """A row to be shown: of a token no more than tells one from another, for whoever has one whole can use it."""
    if not row or not row.get("token"):
        return row
    return {**row, "token": f"{row['token'][:6]}…"}


class Redactor:
    """Replaces texts in envelopes and rows."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or os.urandom(32)

    def envelope(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """An envelope whose data holds nothing personal; its attributes are the system's own."""
        kept = {field for kind, field in PLAIN_IN if kind == attributes["type"]}
        return {**attributes, "data": self._fields(attributes["data"], kept)}

    def row(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row of a table that holds nothing personal."""
        return self._fields(row, {field for name, field in PLAIN_IN_TABLES if name == table})

    def _fields(self, fields: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
        return {name: value if name in kept | PLAIN else self._value(name, value) for name, value in fields.items()}

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {inner: self._value(inner, one) for inner, one in value.items()}
        if isinstance(value, list):
            return [self._value(name, one) for one in value]
        if not isinstance(value, str) or not value or (name not in SECRET and _HARMLESS.fullmatch(value)):
            return value
        return self._stand_in(ALIASES.get(name, name), value)

    def _stand_in(self, kind: str, value: str) -> str:
        told = value.lower() if kind == "email" else value
        digest = hmac.new(self._key, f"{kind}\0{told}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        if kind == "email":
            return f"e-{digest[:16]}@redacted.example"
        if kind == "code":
            return f"C{digest[:12].upper()}"
        return f"{kind}-{digest[:24]}"
