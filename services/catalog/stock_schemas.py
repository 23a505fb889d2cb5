"""The shapes of what vendors send and are shown of stock."""

import marshmallow as ma
from marshmallow import validate

from services.catalog.domain.movements import Kind
from services.catalog.domain.stock import MOST
from shared.kit.examples import a_moment, a_number, a_text, an_id, shown
from shared.kit.paging import PageQuery
from shared.kit.shapes import WholeNumber

HistoryQuery = PageQuery
BY_HAND = validate.OneOf([Kind.RECEIPT.value, Kind.ADJUSTMENT.value])


class StockChange(ma.Schema):
    """What has happened: goods came in, or the count was wrong, and why."""

    kind = ma.fields.String(required=True, validate=BY_HAND, metadata=shown("adjustment"))
    quantity = WholeNumber(
        required=True,
        validate=validate.Range(-MOST, MOST),
        metadata=shown(-2, "How many came in; or by how many the count was wrong, which may be negative."),
    )
    reason = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=500),
        metadata=shown("Two were broken", "An adjustment needs one."),
    )


class Threshold(ma.Schema):
    """At how many a product is few."""

    threshold = WholeNumber(
        required=True, validate=validate.Range(0, MOST), metadata=shown(5, "So many left, or fewer, are few.")
    )


class LevelView(ma.Schema):
    """What there is of a product: in all, put aside for orders, and left for others."""

    product_id = an_id()
    on_hand = a_number(12)
    reserved = a_number(2, "Put aside for orders that are not confirmed yet.")
    available = a_number(10, "What can be bought now.")
    threshold = a_number(5)
    low = ma.fields.Boolean(required=True, metadata=shown(value=False))


class MovementView(ma.Schema):
    """One change, and what there was after it."""

    id = an_id()
    kind = a_text("adjustment", validate=validate.OneOf([kind.value for kind in Kind]))
    on_hand = a_number(-2, "By how many this changed.")
    reserved = a_number(0, "By how many this changed.")
    on_hand_after = a_number(12)
    reserved_after = a_number(2)
    reason = a_text("Two were broken", allow_none=True)
    order_id = an_id("Whose order moved it, if one did.", allow_none=True)
    at = a_moment()


class StockView(LevelView):
    """What there is of a product, and a page of what moved, the last first."""

    items = ma.fields.List(ma.fields.Nested(MovementView), required=True)
    next_cursor = ma.fields.String(required=True, allow_none=True, metadata=shown(None))
