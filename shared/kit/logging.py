"""Structured logs: one JSON object a line (or colours for people), with the correlation id and without secrets."""

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
import structlog

from shared.events import trace
from shared.kit.settings import Secret

HIDDEN = "[hidden]"

_SECRET_NAME = re.compile(r"passw|token|authorization|secret|cookie|credential|private_?key|api_?key", re.IGNORECASE)
_HARMLESS_NAMES = {"token_type", "token_id", "invite_token_id", "tokens"}
_SECRET_TEXT = re.compile(
    r"(?P<keep>\b\w*(?:token|password|secret)\w*[=:]\s*['\"]?|\b(?:Bearer|Basic)\s+)[^\s&'\"@,;<>)}]+"
    r"|(?P<user>://[^/\s:@]*:)[^@/\s]+(?=@)",
    re.IGNORECASE,
)


def configure(
    *,
    service: str,
    process: str,
    level: Literal["debug", "info", "warning", "error"] = "info",
    style: Literal["json", "console"] = "json",
) -> None:
    """Send structlog's and the standard library's records to standard output in one form. Call once per process."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(allow=[]),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Origin(service, process),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _StandardOutput(service, process, style)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(style)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "httpcore", "alembic.runtime.migration"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what is secret by its name, by its type, or by how it looks inside a text."""
    for key in list(event):
        event[key] = _safe(key, event[key])
    return event


def _safe(key: str, value: Any) -> Any:
    if isinstance(value, Secret) or (_SECRET_NAME.search(key) and key not in _HARMLESS_NAMES and value is not None):
        return HIDDEN
    if isinstance(value, str):
        return _SECRET_TEXT.sub(lambda found: (found["keep"] or found["user"]) + HIDDEN, value)
    if isinstance(value, Mapping):
        return {str(name): _safe(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_safe("", inner) for inner in value]
    return value


def write_request(**told: Any) -> None:
    """Write the line of one request; what is told must be such that no secret can be in it.

    As JSON it is written at once, for there is one for each request: structlog, the standard library's records and the
    search for secrets in every value took a sixth of the time of a page of products.
    """
    root = logging.getLogger()
    handler = root.handlers[0] if root.handlers else None
    if isinstance(handler, _StandardOutput) and handler.style == "json" and len(root.handlers) == 1:
        if root.isEnabledFor(logging.INFO):
            handler.write(told)
    else:
        structlog.get_logger("access").info("request", **told)


class _StandardOutput(logging.StreamHandler[Any]):
    """Writes to whatever standard output is at the time, so that one that was replaced or closed is not held on to."""

    def __init__(self, service: str, process: str, style: str) -> None:
        logging.Handler.__init__(self)
        self.style, self._origin = style, {"service": service, "process": process}

    @property
    def stream(self) -> Any:
        """The present standard output."""
        return sys.stdout

    def write(self, told: Mapping[str, Any]) -> None:
        """Write the line of a request past all processors, in the form that they give to others."""
        moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        known = {"level": "info", "timestamp": moment, "correlation_id": trace.current().correlation_id}
        line = _dump({**told, "event": "request", **known, **self._origin}) + "\n"
        with self.lock or nullcontext():
            self.stream.write(line)
            self.flush()


class _Origin:
    """Adds who speaks, and the correlation id of the work being done."""

    def __init__(self, service: str, process: str) -> None:
        self.service, self.process = service, process

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("service", self.service)
        event.setdefault("process", self.process)
        event.setdefault("correlation_id", trace.current().correlation_id)
        return event


def _renderer(style: Literal["json", "console"]) -> Any:
    if style == "console":
        return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    return structlog.processors.JSONRenderer(serializer=_dump)


def _dump(event: Any, **_: Any) -> str:
    try:
        return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:  # a number or a text that orjson refuses: a line in ASCII is better than none
        return json.dumps(event, default=repr)
