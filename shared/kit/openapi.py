"""What a view has stated, as an OpenAPI operation: every status it can answer with is declared, and only those."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from marshmallow import INCLUDE, Schema, fields

from shared.kit.errors import (
    PROBLEM_MEDIA_TYPE,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    first_line,
)
from shared.kit.inputs import BadJson, BodyTooLarge, HeadersTooLarge, MalformedRequest, NotJson, UriTooLong
from shared.kit.stated import Access, Bytes, Stated

BINARY = {"type": "string", "format": "binary"}
BEARER = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "The first answer under a key is given again; the same key with another body is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
}

IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag that was read: the change is refused (412) if there is a newer version.",
    "schema": {"type": "string", "example": '"3"'},
}


ALWAYS: tuple[type[Refusal], ...] = (MalformedRequest, UriTooLong, HeadersTooLarge, TooManyRequests, Unavailable)
"""What any request may be told, whatever it asks for: by the server, the gateway, or without a database."""


class FieldError(Schema):
    """One input at fault."""

    field = fields.String(required=True, metadata={"example": "email"})
    message = fields.String(required=True, metadata={"example": "There is an account with this e-mail already."})


class Problem(Schema):
    """A problem document (RFC 9457); a refusal may add members of its own, such as the two ends of a step."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True, metadata={"example": "/problems/email-taken"})
    title = fields.String(required=True, metadata={"example": "Email taken"})
    status = fields.Integer(required=True, metadata={"example": 409})
    detail = fields.String(required=True, metadata={"example": "There is an account with this e-mail already."})
    request_id = fields.String(required=True, metadata={"example": "019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"})
    errors = fields.List(fields.Nested(FieldError))


def describe(said: Stated, rule: str) -> dict[str, Any]:
    """Build the OpenAPI operation of a view that has stated its access."""
    document: dict[str, Any] = {"responses": {**_answers(said), **_refusals(possible_refusals(said, rule))}}
    if parameters := list(_parameters(said)):
        document["parameters"] = parameters
    if said.body:
        content = {"application/json": {"schema": said.body}}
        document["requestBody"] = {"required": said.body_required, "content": content}
    if said.upload:
        files = {media_type: {"schema": BINARY} for media_type in said.upload.media_types}
        document["requestBody"] = {"required": True, "content": files}
    if said.access:
        document.update(_access(said.access))
    return document


def possible_refusals(said: Stated, rule: str) -> list[type[Refusal]]:
    """List the refusals a view has stated and those that its inputs and its access bring along."""
    refusals: list[type[Refusal]] = [*said.refusals, *ALWAYS]
    if said.access and (not said.access.public or said.access.optional):
        refusals.append(Unauthenticated)
    if said.access and not said.access.public:
        refusals.append(Forbidden)
    if said.body:
        refusals += [BadJson, BodyTooLarge, NotJson, Invalid]
    if said.query or said.idempotent:
        refusals.append(Invalid)
    if "<" in rule:
        refusals += [NotFound, Invalid]
    return list(dict.fromkeys(refusals))


def _parameters(said: Stated) -> Iterator[dict[str, Any]]:
    if said.query:
        yield {"in": "query", "schema": said.query}
    if said.idempotent:
        yield IDEMPOTENCY_KEY
    if said.versioned:
        yield IF_MATCH


def _answers(said: Stated) -> dict[str, Any]:
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            **({"content": _content(shape)} if shape else {}),
        }
        for status, shape in said.answers.items()
    }


def _content(shape: Schema | Bytes) -> dict[str, Any]:
    if isinstance(shape, Bytes):
        return {media_type: {"schema": BINARY} for media_type in (shape.media_type, *shape.others)}
    return {"application/json": {"schema": shape}}


def _refusals(refusals: Iterable[type[Refusal]]) -> dict[str, Any]:
    by_status: dict[str, list[type[Refusal]]] = {}
    for refusal in refusals:
        by_status.setdefault(str(refusal.status), []).append(refusal)
    return {
        status: {
            "description": "\n".join(f"`{one.type}`: {first_line(one.__doc__)}" for one in group),
            "content": {PROBLEM_MEDIA_TYPE: {"schema": Problem}},
        }
        for status, group in sorted(by_status.items())
    }


def _access(access: Access) -> dict[str, Any]:
    if not access.public:
        return {"security": [{"bearer": []}], "x-roles": sorted(access.roles)}
    return {"security": [{}, {"bearer": []}] if access.optional else [], "x-roles": ["anyone"]}
