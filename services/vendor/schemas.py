"""The shapes of the vendor service's requests and answers."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.vendor.domain.invites import Outcome, Source
from shared.kit.examples import a_moment, a_text, an_id, shown
from shared.kit.paging import PageQuery
from shared.kit.shapes import Flag, Instant, WholeNumber

LABEL_LENGTH = 80
MOST_USES = 1_000_000
REFUSALS = [outcome for outcome in Outcome if outcome is not Outcome.LINKED]


def a_label(**options: Any) -> ma.fields.String:
    """What a vendor calls a link; spaces around and between words are tidied."""
    length = validate.Length(max=LABEL_LENGTH)
    return ma.fields.String(allow_none=True, validate=length, metadata=shown("Spring fair"), **options)


class NewInvite(ma.Schema):
    """A link to be made; without limits it is for everybody who has it."""

    label = a_label(load_default=None)
    max_uses = WholeNumber(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, MOST_USES),
        metadata=shown(50, "How many people it may bring."),
    )
    expires_at = Instant(
        load_default=None, allow_none=True, metadata=shown("2031-01-31T23:00:00Z", "Registrations before this count.")
    )


class InviteLabel(ma.Schema):
    """What a link is called from now on."""

    label = a_label(required=True)


class InviteView(ma.Schema):
    """A link, and what it brought."""

    id = an_id()
    token = a_text("VhZ0rJm2XvK5yWb8q1tN3sPf6uGx9cLd", "192 random bits; whoever has it is invited.")
    url = a_text("http://localhost:8000/register?token=VhZ0rJm2XvK5yWb8q1tN3sPf6uGx9cLd", "The link to share.")
    label = a_text("Spring fair", allow_none=True)
    max_uses = ma.fields.Integer(required=True, allow_none=True, metadata=shown(50))
    uses = ma.fields.Integer(required=True, metadata=shown(3, "How many people it put on the list."))
    expires_at = a_moment(allow_none=True)
    revoked_at = a_moment("Registrations from this moment on are refused.", allow_none=True)
    created_at = a_moment()
    refused = ma.fields.Dict(
        keys=ma.fields.String(validate=validate.OneOf(REFUSALS)),
        values=ma.fields.Integer(),
        required=True,
        metadata=shown({"expired": 2}, "How many it did not put on the list, by reason."),
    )


class CustomerQuery(PageQuery):
    """A page of the customer list, or of those who have words that begin so in name or e-mail address."""

    q = ma.fields.String(load_default=None, validate=validate.Length(max=100), metadata=shown("lovelace"))


class CustomerView(ma.Schema):
    """A customer on a list. Name and e-mail are null for the moments until identity's word has arrived."""

    customer_id = an_id()
    name = a_text("Ada Lovelace", allow_none=True)
    email = a_text("ada@example.org", allow_none=True)
    invite_token_id = an_id("The link that brought them.", allow_none=True)
    invite_label = a_text("Spring fair", allow_none=True)
    source = a_text("registration", validate=validate.OneOf(list(Source)))
    linked_at = a_moment()


class RefusalView(ma.Schema):
    """Somebody who used a link of the vendor and was not put on the list by it."""

    event_id = an_id("The registration or acceptance.", attribute="row.event_id")
    customer_id = an_id(attribute="row.customer_id")
    customer_name = a_text(
        "Ada Lovelace",
        "Null for who has left, and until identity's word has arrived.",
        attribute="row.customer_name",
        allow_none=True,
    )
    invite_token_id = an_id(attribute="row.invite_token_id")
    invite_label = a_text("Spring fair", attribute="row.invite_label", allow_none=True)
    source = a_text("registration", attribute="row.source", validate=validate.OneOf(list(Source)))
    reason = a_text("expired", attribute="row.outcome", validate=validate.OneOf(REFUSALS))
    at = a_moment(attribute="row.occurred_at")
    sentence = a_text("Ada Lovelace registered on 2 March 2026, after the invitation had expired on 1 March 2026.")


class VendorName(ma.Schema):
    """Whose invitation it is."""

    name = a_text("Vendor A")
    slug = a_text("vendor-a")


def a_vendor() -> ma.fields.Nested:
    """Whose invitation it is, or null if nobody made it."""
    return ma.fields.Nested(VendorName, required=True, allow_none=True)


class PreviewView(ma.Schema):
    """What would come of a link now."""

    valid = Flag(required=True, metadata=shown(value=True))
    reason = a_text(None, "Why it is not valid.", allow_none=True, validate=validate.OneOf(REFUSALS))
    vendor = a_vendor()
    sentence = a_text("Vendor A invites you.")


class AcceptanceView(ma.Schema):
    """What came of accepting; a refusal is an answer too, and is recorded."""

    outcome = a_text("linked", validate=validate.OneOf(list(Outcome)))
    vendor = a_vendor()
    sentence = a_text("You are on Vendor A's customer list, as of 1 March 2026.")


class OwnOutcomeView(ma.Schema):
    """What became of an invitation that one used."""

    outcome = a_text("linked", validate=validate.OneOf(list(Outcome)))
    vendor = a_vendor()
    at = a_moment()
    on_list = Flag(required=True, metadata=shown(value=True, description="Whether one is on that list at present."))
    sentence = a_text("You are on Vendor A's customer list, as of 1 March 2026.")
