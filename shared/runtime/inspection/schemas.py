"""The shapes of what services ask each other about events."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from shared.kit.shapes import Instant

MOST = 1000


class Ids(ma.fields.String):
    """Comma-separated UUIDs of a query string."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        one = ma.fields.UUID()
        return [one.deserialize(each.strip()) for each in str(value).split(",") if each.strip()]


class Names(ma.fields.String):
    """Comma-separated words of a query string."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return [each.strip() for each in str(value).split(",") if each.strip()]


class FeedQuery(ma.Schema):
    """Where to read on in the log."""

    after = ma.fields.Integer(load_default=0, validate=validate.Range(0))
    type = Names(load_default=None)
    limit = ma.fields.Integer(load_default=500, validate=validate.Range(1, MOST))
    bare = ma.fields.Boolean(load_default=False)


class BoxQuery(ma.Schema):
    """Which events; all of them unless said otherwise."""

    type = ma.fields.String(load_default=None)
    aggregates = Ids(data_key="aggregate", load_default=None)
    about = ma.fields.UUID(load_default=None)
    correlation = ma.fields.String(load_default=None)
    since = Instant(load_default=None)
    until = Instant(load_default=None)
    status = ma.fields.String(load_default=None)
    before = ma.fields.Integer(load_default=None)
    after = ma.fields.Integer(load_default=None)
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(1, MOST))


class ActBody(ma.Schema):
    """What to do with parked events, and who says so, and why. A preview changes nothing."""

    signature = ma.fields.String(load_default=None, allow_none=True)
    event_ids = ma.fields.List(ma.fields.UUID(), load_default=list)
    letters = ma.fields.List(ma.fields.Integer(), load_default=list)
    most = ma.fields.Integer(load_default=1000, validate=validate.Range(1, 100_000))
    per_second = ma.fields.Float(load_default=50.0, validate=validate.Range(0.01, 10_000))
    preview = ma.fields.Boolean(load_default=False)
    actor = ma.fields.String(required=True, validate=validate.Length(1, 200))
    reason = ma.fields.String(required=True, validate=validate.Length(1, 1000))


class HealBody(ma.Schema):
    """Who wants what is missing to be made up for, and why."""

    actor = ma.fields.String(required=True, validate=validate.Length(1, 200))
    reason = ma.fields.String(required=True, validate=validate.Length(1, 1000))


class ReconcileQuery(ma.Schema):
    """How young an event may be without being missed yet, in seconds."""

    grace = ma.fields.Float(load_default=5.0, validate=validate.Range(0, 86_400))


class Listing(ma.Schema):
    """A page of the rows of a table."""

    items = ma.fields.List(ma.fields.Dict(), required=True)


class Facts(ma.Schema):
    """A row, or what was done."""
