"""What other services may ask of orders, on the internal port: which of them stand, and how one came to where it is."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import validate

from services.ordering.api import showing
from services.ordering.domain import explaining, standing
from services.ordering.domain.orders import UnknownOrder
from services.ordering.schemas import PartView, money
from services.ordering.vendor_schemas import WayView
from shared.kit.auth import services_only
from shared.kit.errors import Invalid
from shared.kit.examples import a_moment, a_number, a_text
from shared.kit.operations import Blueprint
from shared.kit.stated import answers, asks, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("inside", __name__, description="Orders, for other services")
MOST = 500


class StandingQuery(ma.Schema):
    """Order ids, parted by commas."""

    ids = ma.fields.String(required=True, validate=validate.Length(1, 40 * MOST))


class StandingOne(ma.Schema):
    """What has become of an order."""

    order_id = ma.fields.UUID(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(standing.STANDINGS))


class Standings(ma.Schema):
    """Every order that was asked for."""

    items = ma.fields.List(ma.fields.Nested(StandingOne), required=True)


class WayQuery(ma.Schema):
    """An order's id or number."""

    order = ma.fields.String(required=True, validate=validate.Length(1, 100))


class WayInside(WayView):
    """The way of one order, with what is needed to follow it through other services."""

    items = a_number(3, "How many products were ordered.")
    total = money()
    placed_at = a_moment()
    noted_at = a_moment("When its saga came to where it is.")
    why = a_text("All of its stock is reserved and there is nothing to pay here, so it was split and stands.")
    vendor_orders = ma.fields.List(ma.fields.Nested(PartView), required=True)


@blueprint.get("/internal/orders/way")
@services_only
@asks(WayQuery)
@answers(WayInside)
@refuses(UnknownOrder)
def way(query: dict[str, Any]) -> Answer:
    """Tell the way of an order, called by its id or its number."""
    with transaction() as session:
        found = explaining.way(session, explaining.called(session, query["order"]))
        return WayInside().dump(showing.way_inside(found))


@blueprint.get("/internal/orders/standing")
@services_only
@asks(StandingQuery)
@answers(Standings)
def show(query: dict[str, Any]) -> Answer:
    """Say of each order whether it stands: `pending`, `confirmed`, `rejected`, `cancelled`, or `unknown`."""
    wanted = _ids(query["ids"])
    with transaction() as session:
        found = standing.of(session, wanted)
    return Standings().dump({"items": [{"order_id": key, "status": found[key]} for key in wanted]})


def _ids(said: str) -> list[UUID]:
    try:
        return [UUID(each) for each in said.split(",")[:MOST]]
    except ValueError:
        raise Invalid(fields={"ids": "Must be UUIDs, parted by commas."}) from None
