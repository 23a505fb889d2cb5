"""`docs/events.md`: every event, when it is said, what it carries, and who listens and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from inspect import getdoc
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from docs.generate.json_schemas import has_default
from docs.generate.words import why_it_listens
from shared.events.event import Event, known
from shared.runtime.service import Service

WORDS: dict[Any, str] = {UUID: "id", datetime: "time", str: "text", int: "number", bool: "flag"}
HEAD = """# Events

Made from the code by `make docs`; do not edit. Every message is a CloudEvent 1.0 in structured JSON
(`application/cloudevents+json`): `id`, `type`, `source`, `time`, `subject` (the aggregate's id), `aggregateversion`,
`schemaversion`, `correlationid`, `causationid?`, `traceparent?`, `data`. The routing key is the type, the exchange the
publisher's. Deliveries may repeat and change order: `id` tells repetitions, `aggregateversion` tells what is newer.

JSON Schemas are in [schemas/](schemas/), AsyncAPI documents in [asyncapi/](asyncapi/), bodies of each in
[`shared/events/samples/`](../shared/events/samples/).
"""


def page(services: Sequence[Service]) -> str:
    """Write the page: a table per publisher."""
    return "\n".join([HEAD, *(line for name in _publishers() for line in _table(name, services))])


def _publishers() -> list[str]:
    return sorted({cls.publisher for cls in known().values()})


def _table(publisher: str, services: Sequence[Service]) -> Iterator[str]:
    yield f"## From {publisher}\n"
    yield "| event | when | data | who listens, and why |"
    yield "| --- | --- | --- | --- |"
    for cls in sorted(known().values(), key=lambda each: each.type):
        if cls.publisher == publisher:
            cells = (_name(cls), _when(cls), _data(cls), _listeners(cls, services))
            yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""


def _name(cls: type[Event]) -> str:
    schema = f"schemas/{cls.type}/{cls.version}.json"
    return f"[`{cls.type}`]({schema}) {cls.version}"


def _when(cls: type[Event]) -> str:
    return " ".join((getdoc(cls) or "").split())


def _data(cls: type[Event]) -> str:
    hints = get_type_hints(cls)
    optional = {field.name for field in fields(cls) if has_default(field)}
    named = (f"`{name}{'?' if name in optional else ''}` {_word(hints[name])}" for name in _names(cls))
    return ", ".join(named)


def _names(cls: type[Event]) -> list[str]:
    return [field.name for field in fields(cls)]


def _word(hint: Any) -> str:
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
        return f"{WORDS[inner]} or null"
    return WORDS.get(hint, "texts by name")


def _listeners(cls: type[Event], services: Sequence[Service]) -> str:
    said = [
        f"**{service.name}**: {why_it_listens(service.handlers[cls])}"
        for service in services
        if cls in service.handlers
    ]
    return "<br>".join(said) or "nobody yet"
