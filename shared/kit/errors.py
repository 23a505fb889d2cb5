"""Refusals: what the domain says no with, and the problem document (RFC 9457) each becomes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

TYPE_PREFIX = "/problems/"
PROBLEM_MEDIA_TYPE = "application/problem+json"


class Refusal(Exception):
    """A rule said no: 409 unless the subclass states another status.

    `type` and `title` follow the class name (`EmailTaken` → `email-taken`, "Email taken") unless stated;
    the class docstring is what a reader is told when no `detail` is given. `fields` names the inputs at fault;
    `facts` are members of the problem document of its own (RFC 9457 section 3.2), like the two ends of a step.

    Refusal 409
    ├── Unauthenticated 401      ├── Invalid 422
    ├── Forbidden 403            ├── TooManyRequests 429
    ├── NotFound 404             ├── Unavailable 503
    """

    status: ClassVar[int] = 409
    type: ClassVar[str] = "conflict"
    title: ClassVar[str] = "Conflict"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", cls.__name__).lower()
        stated = vars(cls)
        cls.type = stated.get("type", words.replace(" ", "-"))
        cls.title = stated.get("title", words.capitalize())

    def __init__(
        self,
        detail: str = "",
        *,
        fields: Mapping[str, str | list[str]] | None = None,
        facts: Mapping[str, str | None] | None = None,
    ) -> None:
        self.detail = detail or first_line(type(self).__doc__) or self.title
        self.fields = dict(fields or {})
        self.facts = dict(facts or {})
        super().__init__(self.detail)

    def headers(self) -> dict[str, str]:
        """Headers that belong to this answer."""
        return {}


class Unauthenticated(Refusal):
    """A valid access token is needed."""

    status = 401

    def headers(self) -> dict[str, str]:
        """RFC 9110 section 11.6.1: a 401 names the scheme that would be accepted."""
        return {"WWW-Authenticate": 'Bearer realm="market"'}


class Forbidden(Refusal):
    """This is not yours to do."""

    status = 403


class NotFound(Refusal):
    """There is no such thing here."""

    status = 404


class Invalid(Refusal):
    """The input is not acceptable; `errors` names each field."""

    status = 422


class TooManyRequests(Refusal):
    """Too many requests; wait before the next one."""

    status = 429

    def __init__(self, detail: str = "", *, retry_after: int = 60) -> None:
        super().__init__(detail)
        self.retry_after = retry_after

    def headers(self) -> dict[str, str]:
        """Seconds until the next attempt can succeed."""
        return {"Retry-After": str(max(1, self.retry_after))}


class Unavailable(Refusal):
    """A part this needs is not answering; the same request may succeed in a moment."""

    status = 503

    def __init__(self, detail: str = "", *, retry_after: int = 2) -> None:
        super().__init__(detail)
        self.retry_after = retry_after

    def headers(self) -> dict[str, str]:
        """Seconds after which a retry is welcome."""
        return {"Retry-After": str(max(1, self.retry_after))}


class InternalError(Refusal):
    """Something went wrong on our side; the request id finds it in the logs."""

    status = 500


def problem(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """Build the problem document of a refusal."""
    document: dict[str, Any] = {
        **refusal.facts,
        "type": TYPE_PREFIX + refusal.type,
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "request_id": request_id,
    }
    if refusal.fields:
        document["errors"] = list(field_errors(refusal.fields))
    return document


def field_errors(fields: Mapping[str, Any], prefix: str = "") -> Iterable[dict[str, str]]:
    """Flatten messages keyed by field (as marshmallow nests them) to `{field, message}`; dots join nested names."""
    for name, messages in fields.items():
        path = f"{prefix}.{name}" if prefix else str(name)
        if isinstance(messages, Mapping):
            yield from field_errors(messages, path)
        else:
            for message in [messages] if isinstance(messages, str) else messages:
                yield {"field": path.removesuffix("._schema"), "message": str(message)}


def first_line(doc: str | None) -> str:
    """Return the first line of a docstring."""
    return (doc or "").strip().split("\n", 1)[0]
