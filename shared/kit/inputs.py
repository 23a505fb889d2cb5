"""What a request brings: its JSON body and query string, loaded with a schema or refused by name."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson
from flask import request
from marshmallow import RAISE, Schema, ValidationError
from werkzeug.exceptions import ClientDisconnected
from werkzeug.exceptions import RequestEntityTooLarge as TooLarge

from shared.kit.errors import Invalid, Refusal
from shared.kit.queries import quick
from shared.kit.shapes import AnyText

_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class MalformedRequest(Refusal):
    """The request is not valid HTTP."""

    status = 400


class UriTooLong(Refusal):
    """The address of the request is too long."""

    status = 414


class HeadersTooLarge(Refusal):
    """The headers of the request are too many or too long."""

    status = 431


class BadJson(Refusal):
    """The body is not valid JSON."""

    status = 400


class BodyTooLarge(Refusal):
    """The body is larger than this operation takes."""

    status = 413


class NotJson(Refusal):
    """Send the body as application/json."""

    status = 415

    def headers(self) -> dict[str, str]:
        """RFC 9110 section 15.5.16: a 415 may say what would be accepted."""
        return {"Accept": "application/json"}


def load_body(schema: Schema, *, required: bool = True) -> Any:
    """Load the request's JSON body. Raises `NotJson`, `BodyTooLarge`, `BadJson`, or `Invalid` naming the fields."""
    try:
        raw = request.get_data()
    except TooLarge:
        raise BodyTooLarge from None
    except ClientDisconnected:
        raise BadJson("The body ended early.") from None
    if not raw and not required:
        return _load(schema, {})
    if not raw:
        raise BadJson("A JSON body is needed.")
    if not request.is_json:
        raise NotJson
    return _load(schema, parse_json(raw, [name for name, field in schema.fields.items() if isinstance(field, AnyText)]))


def load_query(schema: Schema) -> Any:
    """Load the query string; of a repeated parameter the first value counts. Raises `Invalid` naming the parameters."""
    values = request.args.to_dict()
    refuse_unstorable(values)
    loaded = quick(schema).load(values)
    return _load(schema, values) if loaded is None else loaded


def parse_json(raw: bytes, tolerant: Collection[str] = ()) -> Any:
    """Parse JSON (RFC 8259). Raises `BadJson`, or `Invalid` naming the fields whose text no database can store.

    In the `tolerant` fields such characters are dropped instead.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        # Lone surrogates are valid JSON that orjson refuses as a whole; the standard parser lets us name the field.
        lenient = _parse_leniently(raw)
        value = _tolerated(lenient, tolerant)
        refuse_unstorable(value)
        if value == lenient:
            raise BadJson from None
        return _parse_strictly(json.dumps(value))
    if b"\\u0000" in raw:
        value = _tolerated(value, tolerant)
        refuse_unstorable(value)
    return value


def refuse_unstorable(value: Any) -> None:
    """Raise `Invalid` for NUL characters and lone surrogates anywhere inside."""
    if faults := dict(_unstorable(value, "")):
        raise Invalid(fields=faults)


def _tolerated(value: Any, tolerant: Collection[str]) -> Any:
    if not isinstance(value, dict):
        return value
    texts = {name: value[name] for name in tolerant if isinstance(value.get(name), str)}
    return value | {name: _UNSTORABLE.sub("", text) for name, text in texts.items()}


def _parse_strictly(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadJson from None


def _parse_leniently(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise BadJson from None


def _unstorable(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and (fault := _fault(value)):
        yield path or "body", fault
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{_shown(key)}" if path else _shown(key)
            if fault := _fault(key):
                yield here, fault
            yield from _unstorable(inner, here)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unstorable(inner, f"{path}.{index}" if path else str(index))


def _fault(text: str) -> str | None:
    if "\x00" in text:
        return "Must not contain NUL characters."
    return "Must be valid Unicode." if _SURROGATE.search(text) else None


def _shown(key: str) -> str:
    return key.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode()


def _load(schema: Schema, value: Any) -> Any:
    try:
        return schema.load(value, unknown=RAISE)
    except ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise Invalid(fields={"body" if name == "_schema" else name: text for name, text in messages.items()}) from None
