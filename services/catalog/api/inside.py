"""What other services may ask of products, on the internal port."""

from typing import Any

import marshmallow as ma

from services.catalog.domain import reading
from services.catalog.schemas import Ids
from shared.kit import web
from shared.kit.auth import services_only
from shared.kit.operations import Blueprint
from shared.kit.stated import answers, asks
from shared.kit.web import Answer

blueprint = Blueprint("inside", __name__, description="Products, for other services")


class AvailabilityQuery(ma.Schema):
    """Some products, perhaps for one customer; without a customer a visitor is meant."""

    ids = Ids(required=True)
    customer = ma.fields.UUID(load_default=None)


class Available(ma.Schema):
    """How many of a product can be bought now, and whether it is seen at all."""

    product_id = ma.fields.UUID(required=True)
    available = ma.fields.Integer(required=True)
    visible = ma.fields.Boolean(required=True)


class Availability(ma.Schema):
    """Those of the products that exist."""

    items = ma.fields.List(ma.fields.Nested(Available), required=True)


AVAILABILITY = Availability()


@blueprint.get("/internal/availability")
@services_only
@asks(AvailabilityQuery)
@answers(Availability)
def availability(query: dict[str, Any]) -> Answer:
    """Tell how many of each product can be bought now."""
    with web.reading() as asked:
        items = reading.availability(asked, query["ids"], query["customer"])
    return AVAILABILITY.dump({"items": items})
