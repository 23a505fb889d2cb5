"""What other services may ask of orders, on the internal port: which of them stand."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import validate

from services.ordering.domain import standing
from shared.kit.auth import services_only
from shared.kit.errors import Invalid
from shared.kit.operations import Blueprint
from shared.kit.stated import answers, asks
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
