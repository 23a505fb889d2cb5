"""The shapes of what developers and admins ask about mappings and events."""

import marshmallow as ma
from marshmallow import validate

from shared.kit.examples import A_MOMENT, AN_ID, a_moment, a_text, an_id, shown
from shared.kit.shapes import Instant

LONG = validate.Length(1, 320)


class ExplainQuery(ma.Schema):
    """Whose mapping, on whose list, by which token."""

    customer = ma.fields.String(load_default=None, validate=LONG, metadata=shown("ada@example.org", "E-mail or id."))
    vendor = ma.fields.String(load_default=None, validate=LONG, metadata=shown("vendor-a", "Slug or id."))
    token = ma.fields.String(load_default=None, validate=LONG, metadata=shown("VhZ0rJm2XvK5yWb8q1tN3sPf6uGx9cLd"))


class HopView(ma.Schema):
    """One stop on the way of a mapping; `ok` is null where nothing is to be expected or nobody could be asked."""

    name = a_text("delivered")
    at = a_moment(allow_none=True)
    ok = ma.fields.Boolean(required=True, allow_none=True, metadata=shown(value=True))
    detail = a_text("in vendor's inbox")
    seconds = ma.fields.Float(required=True, allow_none=True, metadata=shown(0.012, "Since the hop before."))
    id = a_text(AN_ID, allow_none=True)


class ExplanationView(ma.Schema):
    """Why a customer is, or is not, on a list, and the command that mends it if one does."""

    customer_id = a_text(AN_ID, allow_none=True)
    customer = ma.fields.Dict(
        required=True, allow_none=True, metadata=shown({"id": AN_ID, "name": "Ada", "email": None})
    )
    token = a_text("VhZ0rJm2XvK5yWb8q1tN3sPf6uGx9cLd", allow_none=True)
    vendor = ma.fields.Dict(required=True, allow_none=True, metadata=shown({"id": AN_ID, "slug": "vendor-a"}))
    outcome = a_text("linked", allow_none=True)
    on_list = ma.fields.Boolean(required=True, allow_none=True, metadata=shown(value=True))
    hops = ma.fields.List(ma.fields.Nested(HopView), required=True)
    sentence = a_text("Ada is on Vendor A's list: registered at 2026-11-20 08:30:00 UTC with a link that was good.")
    remedy = a_text("./market mappings reconcile --heal", allow_none=True)
    at = a_moment()


class ReconciliationView(ma.Schema):
    """What every service compared and found missing, and which could not be asked."""

    reports = ma.fields.List(ma.fields.Dict(), required=True)
    silent = ma.fields.Dict(required=True, metadata=shown({"catalog": "catalog cannot be asked: refused"}))


class HealReason(ma.Schema):
    """Why something is done; it is kept with who did it."""

    reason = ma.fields.String(required=True, validate=validate.Length(1, 1000), metadata=shown("Broker was replaced."))


class EventQuery(ma.Schema):
    """Which events, newest first."""

    type = ma.fields.String(load_default=None, validate=LONG, metadata=shown("customer.created"))
    aggregate = ma.fields.UUID(load_default=None, metadata=shown(AN_ID))
    customer = ma.fields.UUID(load_default=None, metadata=shown(AN_ID))
    vendor = ma.fields.UUID(load_default=None, metadata=shown(AN_ID))
    correlation = ma.fields.String(load_default=None, validate=LONG, metadata=shown("ee8762d4c9b3b3c7987fc36f6bf484c9"))
    service = ma.fields.String(load_default=None, validate=LONG, metadata=shown("identity"))
    status = ma.fields.String(load_default=None, validate=validate.OneOf(["published", "unpublished", "unroutable"]))
    since = Instant(load_default=None, metadata=shown(A_MOMENT))
    until = Instant(load_default=None, metadata=shown(A_MOMENT))
    limit = ma.fields.Integer(load_default=20, validate=validate.Range(1, 100), metadata=shown(20))
    cursor = ma.fields.String(load_default=None, validate=validate.Length(1, 1024))


class EventView(ma.Schema):
    """An event as its publisher's log has it."""

    event_id = an_id()
    service = a_text("identity")
    type = a_text("customer.created")
    aggregate_id = an_id()
    aggregate_version = ma.fields.Integer(required=True, metadata=shown(1))
    occurred_at = a_text(A_MOMENT)
    recorded_at = a_text(A_MOMENT)
    published_at = a_text(A_MOMENT, allow_none=True)
    state = a_text("published")
    correlation_id = a_text("ee8762d4c9b3b3c7987fc36f6bf484c9")
    causation_id = a_text(None, allow_none=True)


class EventPage(ma.Schema):
    """Some events, the cursor of older ones, and which services could not be asked."""

    items = ma.fields.List(ma.fields.Nested(EventView), required=True)
    next_cursor = a_text(None, allow_none=True)
    silent = ma.fields.Dict(required=True, metadata=shown({"catalog": "catalog cannot be asked: refused"}))


class DeliveryView(ma.Schema):
    """An event in one consumer's inbox."""

    service = a_text("vendor")
    state = a_text("handled")
    received_at = a_moment(allow_none=True)
    handled_at = a_moment(allow_none=True)
    attempts = ma.fields.Integer(required=True, metadata=shown(0))
    error = a_text(None, allow_none=True)


class NodeView(ma.Schema):
    """An event, who it was delivered to, and what it caused."""

    id = a_text(AN_ID)
    type = a_text("customer.created")
    service = a_text("identity")
    aggregate_id = a_text(AN_ID)
    state = a_text("published")
    recorded_at = a_moment(allow_none=True)
    published_at = a_moment(allow_none=True)
    deliveries = ma.fields.List(ma.fields.Nested(DeliveryView), required=True)
    caused = ma.fields.List(ma.fields.Dict(), required=True, metadata={"description": "Events of the same shape."})


class TraceView(ma.Schema):
    """The tree of what one request caused, over all services."""

    correlation_id = a_text("ee8762d4c9b3b3c7987fc36f6bf484c9")
    roots = ma.fields.List(ma.fields.Nested(NodeView), required=True)
    began_at = a_moment(allow_none=True)
    seconds = ma.fields.Float(required=True, metadata=shown(0.06))
    silent = ma.fields.Dict(required=True, metadata=shown({"catalog": "catalog cannot be asked: refused"}))


class ParkedView(ma.Schema):
    """The parked events of each service by their error, and messages that could not be read."""

    services = ma.fields.List(ma.fields.Dict(), required=True)
    silent = ma.fields.Dict(required=True, metadata=shown({"catalog": "catalog cannot be asked: refused"}))


class ParkedAct(ma.Schema):
    """Which parked events to act on, how fast, and why; with `preview` nothing changes."""

    service = ma.fields.String(required=True, validate=validate.Length(1, 40), metadata=shown("vendor"))
    signature = ma.fields.String(load_default=None, allow_none=True, validate=LONG, metadata=shown("ValueError-1f2e3d"))
    event_ids = ma.fields.List(ma.fields.UUID(), load_default=list, validate=validate.Length(max=1000))
    per_second = ma.fields.Float(load_default=50.0, validate=validate.Range(0.01, 10_000), metadata=shown(50.0))
    preview = ma.fields.Boolean(load_default=False, metadata=shown(value=False))
    reason = ma.fields.String(required=True, validate=validate.Length(1, 1000), metadata=shown("The fault is mended."))


class ActView(ma.Schema):
    """How many events an act met, and whether it was done or only previewed."""

    service = a_text("vendor")
    act = a_text("redrive")
    events = ma.fields.Integer(required=True, metadata=shown(3))
    done = ma.fields.Boolean(required=True, metadata=shown(value=True))
