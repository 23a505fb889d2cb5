"""What other services may ask of mappings, on the internal port: what was decided, and what became of it."""

from typing import Any

import marshmallow as ma

from services.vendor.domain import whereabouts
from services.vendor.domain.vendors import UnknownVendor
from shared.kit.auth import services_only
from shared.kit.errors import Invalid
from shared.kit.operations import Blueprint
from shared.kit.stated import answers, asks, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("inside", __name__, description="Mappings, for other services")


class MappingQuery(ma.Schema):
    """A customer, perhaps with one vendor only, or a token."""

    customer = ma.fields.UUID(load_default=None)
    vendor = ma.fields.String(load_default=None)
    token = ma.fields.String(load_default=None)


class MappingFacts(ma.Schema):
    """Everything on record."""

    outcomes = ma.fields.List(ma.fields.Dict(), required=True)


@blueprint.get("/internal/mappings")
@services_only
@asks(MappingQuery)
@answers(MappingFacts)
@refuses(UnknownVendor)
def find(query: dict[str, Any]) -> Answer:
    """Tell all that is on record of a customer's invitations, or of a token."""
    if not (query["customer"] or query["token"]):
        raise Invalid(fields={"customer": "Ask for a customer or a token."})
    with transaction() as session:
        if query["token"] and not query["customer"]:
            return whereabouts.of_token(session, query["token"])
        return whereabouts.of_customer(session, query["customer"], query["vendor"])
