"""AsyncAPI 3.0 of a service: what it sends and what it receives, from its events and its table of handlers."""

from __future__ import annotations

import json
from inspect import getdoc
from pathlib import Path
from typing import Any

from docs.generate.json_schemas import schema_of_message
from docs.generate.words import first_sentence, why_it_listens
from shared.events.envelope import CONTENT_TYPE
from shared.events.event import Event, published_by
from shared.messaging.topology import Broker
from shared.runtime.service import Service

SAMPLES = Path(__file__).parents[2] / "shared" / "events" / "samples"
BINDING = "0.3.0"
Object = dict[str, Any]


def document(service: Service) -> Object:
    """Describe a service's side of the exchanges; a channel is an event's routing key at its publisher's exchange."""
    sent = sorted(published_by(service.name), key=lambda cls: cls.type)
    received = sorted(service.handlers, key=lambda cls: cls.type)
    events = sorted({*sent, *received}, key=lambda cls: cls.type)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": service.name.capitalize(),
            "version": service.version,
            "description": "Messages are CloudEvents 1.0 in structured JSON mode: the attributes are in the payload, "
            "beside `data`. Deliveries may repeat and change order: `id` tells repetitions, "
            "`aggregateversion` what is newer.",
        },
        "servers": {"broker": {"host": "localhost:5672", "protocol": "amqp", "protocolVersion": "0-9-1"}},
        "defaultContentType": CONTENT_TYPE,
        "channels": {cls.__name__: _channel(cls) for cls in events},
        "operations": {
            **{f"send{cls.__name__}": _sends(cls) for cls in sent},
            **{f"receive{cls.__name__}": _receives(service, cls) for cls in received},
        },
        "components": {
            "messages": {cls.__name__: _message(cls) for cls in events},
            "schemas": {cls.__name__: _payload(cls) for cls in events},
        },
    }


def _channel(cls: type[Event]) -> Object:
    exchange = Broker("").exchange(cls.publisher)
    bound = {
        "name": exchange.name,
        "type": exchange.type,
        "durable": exchange.durable,
        "autoDelete": False,
        "vhost": "/",
    }
    return {
        "address": cls.type,
        "title": cls.type,
        "summary": first_sentence(getdoc(cls)),
        "servers": [{"$ref": "#/servers/broker"}],
        "messages": {cls.__name__: {"$ref": f"#/components/messages/{cls.__name__}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": bound, "bindingVersion": BINDING}},
    }


def _operation(action: str, cls: type[Event], summary: str, binding: Object) -> Object:
    channel = f"#/channels/{cls.__name__}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "summary": summary,
        "messages": [{"$ref": f"{channel}/messages/{cls.__name__}"}],
        "bindings": {"amqp": {**binding, "bindingVersion": BINDING}},
    }


def _sends(cls: type[Event]) -> Object:
    summary = first_sentence(getdoc(cls))
    return _operation("send", cls, summary, {"cc": [cls.type], "deliveryMode": 2, "mandatory": True})


def _receives(service: Service, cls: type[Event]) -> Object:
    received = _operation("receive", cls, why_it_listens(service.handlers[cls]), {"ack": True})
    return {**received, "x-queue": Broker("").queue(service.name).name}


def _message(cls: type[Event]) -> Object:
    return {
        "name": cls.type,
        "title": f"{cls.type}, version {cls.version}",
        "summary": first_sentence(getdoc(cls)),
        "contentType": CONTENT_TYPE,
        "payload": {"$ref": f"#/components/schemas/{cls.__name__}"},
        "correlationId": {"location": "$message.payload#/correlationid"},
        "bindings": {"amqp": {"messageType": cls.type, "bindingVersion": BINDING}},
        "examples": [{"name": file.stem, "payload": json.loads(file.read_text())} for file in _samples(cls)],
    }


def _samples(cls: type[Event]) -> list[Path]:
    return sorted((SAMPLES / cls.type).glob(f"{cls.version}-*.json"))


def _payload(cls: type[Event]) -> Object:
    """The message's schema without what makes it a document of its own."""
    return {name: value for name, value in schema_of_message(cls).items() if not name.startswith("$")}
