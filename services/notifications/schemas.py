"""The shapes of this service's requests and answers."""

import marshmallow as ma
from marshmallow import validate

from services.notifications.domain.kinds import TRAITS, Audience, Channel, Kind
from services.notifications.domain.languages import LANGUAGES
from services.notifications.domain.states import State
from shared.kit.examples import AN_ID, a_moment, a_number, a_text, an_id, shown
from shared.kit.paging import PageQuery, page_of
from shared.kit.shapes import Flag


def a_language() -> ma.fields.String:
    """A language to be answered in, instead of the person's own."""
    return ma.fields.String(load_default=None, validate=validate.OneOf(LANGUAGES), metadata=shown("de"))


def a_kind(**options: object) -> ma.fields.String:
    """What somebody is told."""
    return ma.fields.String(validate=validate.OneOf(list(Kind)), metadata=shown("order_confirmed"), **options)  # type: ignore[arg-type]


class NotificationQuery(PageQuery):
    """A page of one's notifications, newest first; with `unread` only what was not read yet."""

    unread = ma.fields.Boolean(load_default=False, metadata=shown(True))
    language = a_language()


class LanguageQuery(ma.Schema):
    """In which language."""

    language = a_language()


class NotificationView(ma.Schema):
    """Something that somebody was told. `link` is the path of the page it is about, `about` the ids of its subjects."""

    id = an_id()
    kind = a_kind(required=True)
    title = a_text("Your order ORD-7K3M9QX2 is confirmed")
    line = a_text("€71.96, from 4 shops.")
    action = a_text("Follow the order", "What to write on the link.")
    link = a_text("/orders/019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21")
    about = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        required=True,
        metadata=shown({"order_id": AN_ID, "customer_id": AN_ID}),
    )
    occurred_at = a_moment()
    read_at = a_moment(allow_none=True)


class NotificationPage(page_of(NotificationView).__class__):  # type: ignore[misc]  # a schema made at run time
    """A page of notifications, and how many are unread in all."""

    unread = a_number(3)


class Unread(ma.Schema):
    """How many notifications were not read yet."""

    unread = a_number(3)


class ReadThrough(ma.Schema):
    """Everything, or what is not newer than a notification that was seen."""

    through = ma.fields.UUID(load_default=None, metadata=shown("019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"))


class ReadAll(Unread):
    """How many were marked, and how many are still unread."""

    read = a_number(3)


class ChannelView(ma.Schema):
    """A way of being told: whether it is on, and whether it has to be."""

    channel = ma.fields.String(required=True, validate=validate.OneOf(list(Channel)), metadata=shown("email"))
    enabled = ma.fields.Boolean(required=True, metadata=shown(True))
    locked = ma.fields.Boolean(required=True, metadata=shown(False))


class PreferenceView(ma.Schema):
    """A kind of notification with its channels; `why` says why some cannot be switched off."""

    kind = a_kind(required=True)
    audience = ma.fields.String(required=True, validate=validate.OneOf(list(Audience)), metadata=shown("customer"))
    channels = ma.fields.List(ma.fields.Nested(ChannelView), required=True)
    why = a_text(None, allow_none=True)


class Preferences(ma.Schema):
    """Everything that one may be told."""

    items = ma.fields.List(ma.fields.Nested(PreferenceView), required=True)


class Wish(ma.Schema):
    """Switch a kind on or off for a channel."""

    kind = a_kind(required=True)
    channel = ma.fields.String(required=True, validate=validate.OneOf(list(Channel)), metadata=shown("email"))
    enabled = Flag(required=True, metadata=shown(False))


class Wishes(ma.Schema):
    """What is to change; whatever is not named stays as it is."""

    items = ma.fields.List(ma.fields.Nested(Wish), required=True, validate=validate.Length(1, 2 * len(TRAITS)))


class TokenQuery(ma.Schema):
    """The token of the link in a mail."""

    token = ma.fields.String(required=True, validate=validate.Length(1, 200), metadata=shown("q8Zt"))


class Subscription(ma.Schema):
    """What a link in a mail switches off, and whether it is on at present."""

    kind = a_kind(required=True)
    channel = ma.fields.String(required=True, validate=validate.OneOf(list(Channel)), metadata=shown("email"))
    enabled = ma.fields.Boolean(required=True, metadata=shown(True))


class DeliveryQuery(PageQuery):
    """A page of deliveries, newest first; without a filter those that wait for an admin."""

    state = ma.fields.String(load_default=None, validate=validate.OneOf(list(State)), metadata=shown("in_doubt"))
    kind = a_kind(load_default=None)
    recipient_id = ma.fields.UUID(load_default=None, metadata=shown("019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"))


class DeliveryView(ma.Schema):
    """A message on its way out, as admins see it."""

    id = an_id()
    message_id = an_id()
    event_id = an_id()
    recipient_id = an_id()
    recipient_name = a_text("Ada Lovelace", allow_none=True)
    recipient_email = a_text("ada@shop.example", allow_none=True)
    kind = a_kind(required=True)
    channel = ma.fields.String(required=True, validate=validate.OneOf(list(Channel)), metadata=shown("email"))
    state = ma.fields.String(required=True, validate=validate.OneOf(list(State)), metadata=shown("failed"))
    attempts = a_number(1)
    occurred_at = a_moment()
    next_attempt_at = a_moment()
    handed_over_at = a_moment(allow_none=True)
    finished_at = a_moment(allow_none=True)
    last_error = a_text("550 5.1.1 No such mailbox", allow_none=True)
    correlation_id = a_text("019a9d3c2f007c1e8a553c7b1e0f9d21")


class StateCount(ma.Schema):
    """How many are in a state, and when the oldest was caused."""

    count = a_number(3)
    oldest = a_moment(allow_none=True)


DeliveryCounts = ma.Schema.from_dict(
    {state: ma.fields.Nested(StateCount, required=True) for state in State}, name="DeliveryCounts"
)


class OptionalReason(ma.Schema):
    """Why, for the trail."""

    reason = ma.fields.String(load_default=None, validate=validate.Length(1, 500), metadata=shown("They asked for it"))


class PreviewQuery(LanguageQuery):
    """Which template, in which language."""

    kind = a_kind(required=True)


class TemplateView(ma.Schema):
    """What people can be told: who hears it, by which channels, and its title with sample data."""

    kind = a_kind(required=True)
    audience = ma.fields.String(required=True, validate=validate.OneOf(list(Audience)), metadata=shown("customer"))
    channels = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(list(Channel))), required=True, metadata=shown(["email", "in_app"])
    )
    title = a_text("Your order ORD-7K3M9QX2 is confirmed")


class TemplateList(ma.Schema):
    """Everything that people can be told, and the languages in which they are told it."""

    items = ma.fields.List(ma.fields.Nested(TemplateView), required=True)
    languages = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(LANGUAGES)), required=True, metadata=shown(list(LANGUAGES))
    )


class Preview(ma.Schema):
    """A template with sample data: the mail's parts, and what stands in the app."""

    kind = a_kind(required=True)
    language = ma.fields.String(required=True, validate=validate.OneOf(LANGUAGES), metadata=shown("de"))
    subject = a_text("Your order ORD-7K3M9QX2 is confirmed")
    text = a_text("Everything is there …")
    html = a_text("<!doctype html>…")
    title = a_text("Your order ORD-7K3M9QX2 is confirmed")
    line = a_text("€71.96, from 4 shops.")
    action = a_text("Follow the order")
    link = a_text("/orders/019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21")
