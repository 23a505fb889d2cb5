"""The shapes of orders as vendors and admins see them, and of what is booked."""

import marshmallow as ma
from marshmallow import validate

from services.ordering.domain.life_cycle import Status, Whole
from services.ordering.schemas import A_CURRENCY, Address, OrderView, PartView, a_given, money
from shared.kit.examples import a_moment, a_number, a_text, an_id, shown
from shared.kit.paging import PageQuery
from shared.kit.shapes import Instant, WholeNumber


class VendorPart(PartView):
    """A part as its vendor sees it: with what the marketplace takes and what they earn."""

    order_id = an_id()
    order_number = a_text("ORD-7K3M9QX2")
    customer_id = an_id()
    customer_name = a_text("Ada Lovelace", "As the shipping address has it.")
    shipping_address = ma.fields.Nested(Address, required=True)
    commission_bps = a_number(1000, "Basis points, as they were when the order was placed.")
    commission = money()
    earnings = money()


class VendorOrderQuery(PageQuery):
    """A page of one's parts, newest first; `q` finds a part of a number or of the customer's name."""

    status = ma.fields.String(load_default=None, validate=validate.OneOf(list(Status)), metadata=shown("pending"))
    q = ma.fields.String(load_default=None, validate=validate.Length(max=100), metadata=shown("lovelace"))


class Shipment(ma.Schema):
    """By whom it was sent, and how it can be followed."""

    carrier = a_given("DHL", 80, required=True)
    tracking_number = a_given("JD014600006228974321", 80, required=True)


class PartReason(ma.Schema):
    """Why; the customer reads it."""

    reason = a_given("Broken in the kiln", 500, required=True)


class AdminOrder(OrderView):
    """An order as admins see it."""

    customer_id = an_id()
    vendor_orders = ma.fields.List(ma.fields.Nested(VendorPart), required=True)


class AdminOrderQuery(PageQuery):
    """A page of all orders, newest first. `status` is what became of the asking; `q` finds a part of a number."""

    status = ma.fields.String(
        load_default=None,
        validate=validate.OneOf(["pending", "confirmed", "rejected", "cancelled"]),
        metadata=shown("confirmed"),
    )
    customer = an_id(required=False, load_default=None)
    vendor = an_id(required=False, load_default=None)
    q = ma.fields.String(load_default=None, validate=validate.Length(max=100), metadata=shown("7K3M"))


class WayStep(ma.Schema):
    """Something that happened on the way of an order."""

    at = a_moment()
    what = a_text("stock.reserved")
    where = a_text("ordering")
    event_id = an_id("What was told or said, if it was an event.", allow_none=True)
    detail = a_text("All of its stock is reserved and there is nothing to pay here, so it was split and stands.")


class WayView(ma.Schema):
    """The way of one order."""

    id = an_id()
    number = a_text("ORD-7K3M9QX2")
    status = a_text("confirmed", validate=validate.OneOf(list(Whole)))
    state = a_text("confirmed", "Where its saga is.")
    deadline = a_moment("Until when it may be there.", allow_none=True)
    sentence = a_text("ORD-7K3M9QX2 stands: all of its stock was reserved.")
    steps = ma.fields.List(ma.fields.Nested(WayStep), required=True)


class HopView(ma.Schema):
    """One stop on an order's way over all services; `ok` is null where nothing is to be expected or nobody answered."""

    service = a_text("catalog")
    name = a_text("delivered")
    at = a_moment(allow_none=True)
    ok = ma.fields.Boolean(required=True, allow_none=True, metadata=shown(value=True))
    detail = a_text("in catalog's inbox")
    seconds = ma.fields.Float(required=True, allow_none=True, metadata=shown(0.012, "Since the hop before."))
    id = a_text(None, "Of the event, or of what was placed.", allow_none=True)


class WholeWay(WayView):
    """The way of one order over all services, what it hangs on if it does, and the command that mends that."""

    hops = ma.fields.List(ma.fields.Nested(HopView), required=True)
    hangs = ma.fields.Boolean(required=True, metadata=shown(value=False))
    remedy = a_text(None, "The command that mends it, if it hangs.", allow_none=True)


class Period(ma.Schema):
    """From a moment up to, and without, another."""

    from_ = Instant(data_key="from", load_default=None, metadata=shown("2026-11-01T00:00:00Z"))
    to = Instant(load_default=None, metadata=shown("2026-12-01T00:00:00Z"))


class LedgerExport(Period):
    """What was booked in a period, in all currencies unless told otherwise."""

    currency = ma.fields.String(load_default=None, validate=A_CURRENCY, metadata=shown("EUR"))


class LedgerQuery(PageQuery, LedgerExport):
    """A page of what was booked, newest first."""


class LedgerItem(ma.Schema):
    """What moved one's balance: more than zero is earned, less was paid out or taken back."""

    id = an_id()
    at = a_moment()
    kind = a_text("earning", validate=validate.OneOf(["earning", "reversal", "payout"]))
    vendor_order_id = an_id(allow_none=True)
    vendor_order_number = a_text("VND-ACME-20261120-0001", allow_none=True)
    payout_id = an_id(allow_none=True)
    earnings = money()
    shipping = money()
    commission = money(metadata={"description": "What the marketplace took; not part of the amount."})
    amount = money()


class Balance(ma.Schema):
    """What one is owed in a currency: a sum, never a stored figure."""

    currency = a_text("EUR")
    opening = a_number(0, "Before the period, in minor units.")
    earned = a_number(3518)
    shipping = a_number(499)
    paid_out = a_number(0)
    closing = a_number(4017, "At its end.")


class LedgerView(ma.Schema):
    """A statement: balances over the period, and a page of what they are made of."""

    balances = ma.fields.List(ma.fields.Nested(Balance), required=True)
    items = ma.fields.List(ma.fields.Nested(LedgerItem), required=True)
    next_cursor = ma.fields.String(required=True, allow_none=True, metadata={"example": None})


class StatisticsQuery(Period):
    """The last thirty days unless told otherwise, and by day unless by month."""

    by = ma.fields.String(load_default="day", validate=validate.OneOf(["day", "week", "month"]), metadata=shown("day"))


class Takings(ma.Schema):
    """What was sold in one currency, without what was cancelled or rejected; in minor units."""

    currency = a_text("EUR")
    revenue = a_number(3998)
    commission = a_number(480)
    earnings = a_number(3518)


class Point(Takings):
    """What was sold in a stretch of time."""

    at = a_moment("Where the stretch begins.")
    orders = a_number(1)


class StatisticsView(ma.Schema):
    """How a vendor fares. Revenue and series are of the period, the rest is of now."""

    revenue = ma.fields.List(money(), required=True, metadata={"description": "By currency."})
    takings = ma.fields.List(ma.fields.Nested(Takings), required=True)
    orders = a_number(12, "Neither cancelled nor rejected.")
    pending = a_number(2, "Waiting to be accepted, whenever they came.")
    products = a_number(7, "Not deleted.")
    customers = a_number(3, "On the customer list.")
    buyers = a_number(2, "Who bought in the period.")
    series = ma.fields.List(ma.fields.Nested(Point), required=True)


class AdminStatisticsView(ma.Schema):
    """How the marketplace fares."""

    revenue = ma.fields.List(money(), required=True, metadata={"description": "By currency."})
    takings = ma.fields.List(ma.fields.Nested(Takings), required=True)
    orders = a_number(12, "Orders with at least one part neither cancelled nor rejected.")
    vendor_orders = a_number(14)
    pending = a_number(2, "Orders that are not decided yet.")
    products = a_number(70)
    customers = a_number(9, "Who bought in the period.")
    vendors = a_number(4, "Who may sell.")
    series = ma.fields.List(ma.fields.Nested(Point), required=True)


class NewDiscount(ma.Schema):
    """A code: either an amount or a percentage."""

    code = ma.fields.String(
        required=True,
        validate=validate.Regexp(r"\s*[A-Za-z0-9][A-Za-z0-9_-]{2,39}\s*\Z", error="3 to 40 letters, digits, - or _."),
        metadata=shown("SPRING"),
    )
    percentage_bps = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(1, 10_000), metadata=shown(1500, "1500 is 15 %.")
    )
    amount = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(1, 10**12), metadata=shown(None, "In minor units.")
    )
    currency = ma.fields.String(load_default=None, allow_none=True, validate=A_CURRENCY, metadata=shown("EUR"))
    minimum = WholeNumber(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 10**12),
        metadata=shown(2000, "The least subtotal, in minor units."),
    )
    valid_from = Instant(load_default=None, allow_none=True, metadata=shown("2026-11-20T08:30:00Z"))
    valid_until = Instant(load_default=None, allow_none=True, metadata=shown("2031-01-31T23:00:00Z"))
    max_uses = WholeNumber(load_default=None, allow_none=True, validate=validate.Range(1, 10**9), metadata=shown(100))


class DiscountView(ma.Schema):
    """A code, and how often it was used."""

    id = an_id()
    code = a_text("SPRING")
    percentage_bps = a_number(1500, allow_none=True, attribute="bps")
    amount = a_number(500, allow_none=True)
    currency = a_text("EUR", allow_none=True)
    minimum = a_number(2000, allow_none=True)
    valid_from = a_moment()
    valid_until = a_moment(allow_none=True)
    max_uses = a_number(100, allow_none=True)
    uses = a_number(3, "By orders that stand, or wait.")
    disabled_at = a_moment(allow_none=True)
    created_at = a_moment()


class NewPayouts(ma.Schema):
    """What shall be paid; without a currency or vendor, everything that is owed."""

    currency = ma.fields.String(load_default=None, allow_none=True, validate=A_CURRENCY, metadata=shown("EUR"))
    vendor_id = an_id(required=False, load_default=None, allow_none=True)


class PayoutView(ma.Schema):
    """What a vendor was paid."""

    id = an_id()
    batch_id = an_id()
    vendor_id = an_id()
    vendor_name = a_text("Acme", allow_none=True)
    amount = money()
    transactions = a_number(3, "How many earnings it pays.", attribute="claims")
    at = a_moment()


class PayoutsView(ma.Schema):
    """A batch of payouts."""

    batch_id = an_id()
    items = ma.fields.List(ma.fields.Nested(PayoutView), required=True)


class OptionalReason(ma.Schema):
    """Why, if somebody wants to say."""

    reason = a_given("Spring is over", 500, load_default=None, allow_none=True)
