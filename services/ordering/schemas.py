"""The shapes of carts and orders as customers send and see them."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.ordering.domain.baskets import Problem
from services.ordering.domain.carts import MOST_LINES, MOST_OF_ONE
from services.ordering.domain.life_cycle import Status, Whole
from shared.kit.examples import a_moment, a_number, a_text, an_id, shown
from shared.kit.money import DECIMALS, Money
from shared.kit.paging import PageQuery
from shared.kit.shapes import WholeNumber

A_CURRENCY = validate.OneOf(sorted(DECIMALS), error="Not a currency of ISO 4217.")


def a_given(example: str, longest: int, **options: Any) -> ma.fields.String:
    """A text that somebody gives: not empty, and no longer than this."""
    checks = [validate.Length(max=longest), validate.Regexp(r"\s*\S", error="Must not be blank.")]
    return ma.fields.String(validate=checks, metadata=shown(example), **options)


class Amount(ma.Schema):
    """An amount in minor units: 1999 EUR is 19.99 €, 1999 JPY is 1999 ¥. What goes out of a ledger is below nought."""

    amount = ma.fields.Integer(required=True, metadata=shown(1999))
    currency = ma.fields.String(required=True, metadata=shown("EUR"))


def money(**options: Any) -> ma.fields.Nested:
    """An amount that is always there, or null where that is allowed."""
    return ma.fields.Nested(Amount, **{"required": True, **options})


class Address(ma.Schema):
    """Where to, and to whom."""

    name = a_given("Ada Lovelace", 100, required=True)
    line1 = a_given("12 St James's Square", 200, required=True)
    line2 = a_given("Second floor", 200, load_default=None, allow_none=True)
    city = a_given("London", 100, required=True)
    region = a_given("Greater London", 100, load_default=None, allow_none=True)
    postal_code = a_given("SW1Y 4JH", 20, load_default=None, allow_none=True)
    country = ma.fields.String(
        required=True,
        validate=validate.Regexp(r"[A-Z]{2}\Z", error="Must be an ISO 3166-1 code: two capital letters."),
        metadata=shown("GB"),
    )
    phone = a_given("+44 20 7946 0000", 40, load_default=None, allow_none=True)


class NewLine(ma.Schema):
    """So many of a product."""

    product_id = an_id()
    quantity = WholeNumber(required=True, validate=validate.Range(1, MOST_OF_ONE), metadata=shown(2))


class NewCart(ma.Schema):
    """All that shall be in the cart."""

    items = ma.fields.List(ma.fields.Nested(NewLine), required=True, validate=validate.Length(max=MOST_LINES))

    @ma.validates_schema
    def each_once(self, data: dict[str, Any], **_: Any) -> None:
        """A product is in one line."""
        ids = [line["product_id"] for line in data.get("items", [])]
        if twice := [str(place) for place, key in enumerate(ids) if key in ids[:place]]:
            raise ma.ValidationError({"items": {place: ["This product is named twice."] for place in twice}})


class Quantity(ma.Schema):
    """How many; nought takes the product out."""

    quantity = WholeNumber(required=True, validate=validate.Range(0, MOST_OF_ONE), metadata=shown(3))


class NewCode(ma.Schema):
    """A discount code for the order to come; null forgets it."""

    code = a_given("SPRING", 40, required=True, allow_none=True)


class CartToken(ma.Schema):
    """The token of a cart that was filled before signing in."""

    token = a_given("019a9d3c2f007c1e8a553c7b1e0f9d21.9f86d081884c7d65", 200, required=True)


class ProblemView(ma.Schema):
    """Why a line cannot be ordered."""

    code = a_text("not_for_sale", validate=validate.OneOf(list(Problem)))
    sentence = a_text("This product is not for sale at the moment.")


class CartItem(ma.Schema):
    """A line of a cart, at the price of now."""

    product_id = an_id()
    title = a_text("Cedar bowl")
    slug = a_text("cedar-bowl", allow_none=True)
    picture = a_text(None, "Its address, small.", allow_none=True)
    vendor_id = an_id("Who would fulfil it.", allow_none=True)
    vendor_name = a_text("Acme", allow_none=True)
    quantity = a_number(2)
    unit_price = money(allow_none=True)
    price_before = money(allow_none=True, metadata={"description": "What it cost when it was put in, if that moved."})
    subtotal = money(allow_none=True)
    available = a_number(7, "How many there are; null while catalog does not say.", allow_none=True)
    problem = ma.fields.Nested(ProblemView, required=True, allow_none=True)


class Share(ma.Schema):
    """What a vendor's part would cost."""

    vendor_id = an_id()
    vendor_name = a_text("Acme")
    subtotal = money()
    shipping = money()
    discount = money()
    total = money()


class CartView(ma.Schema):
    """A cart, judged as it would be ordered now; the sums are null while something in it cannot be."""

    version = a_number(4, "Send it with the order to be sure that it is this cart that is ordered.")
    items = ma.fields.List(ma.fields.Nested(CartItem), required=True)
    parts = ma.fields.List(ma.fields.Nested(Share), required=True)
    subtotal = money(allow_none=True)
    shipping = money(allow_none=True)
    discount = money(allow_none=True)
    total = money(allow_none=True)
    discount_code = a_text("SPRING", allow_none=True)
    discount_problem = a_text(None, "Why the code takes nothing off.", allow_none=True)
    token = a_text(None, "Send it as `Cart-Token` until you sign in; null for a customer's cart.", allow_none=True)


class NewOrder(ma.Schema):
    """Where the cart shall be sent. `total` is what the customer agrees to; without it the prices they were shown."""

    shipping_address = ma.fields.Nested(Address, required=True)
    total = ma.fields.Nested(Money, load_default=None, allow_none=True)
    cart_version = WholeNumber(load_default=None, allow_none=True, metadata=shown(4))


class PlacedView(ma.Schema):
    """An order that was taken; whether it stands is decided in a moment."""

    id = an_id()
    number = a_text("ORD-7K3M9QX2")
    status = a_text("pending", validate=validate.OneOf(list(Whole)))
    total = money()


class ItemView(ma.Schema):
    """A line of an order, as it was bought."""

    product_id = an_id()
    title = a_text("Cedar bowl")
    sku = a_text("BOWL-1")
    picture = a_text(None, "Its address, small.", allow_none=True)
    quantity = a_number(2)
    unit_price = money()
    subtotal = money()
    discount = money()


class StepView(ma.Schema):
    """What a part became, and when."""

    status = a_text("accepted", validate=validate.OneOf(list(Status)))
    at = a_moment()
    by = a_text("vendor", "`vendor`, `customer` or `system`.")
    reason = a_text(None, allow_none=True)


class PartView(ma.Schema):
    """A vendor's part of an order."""

    id = an_id()
    number = a_text("VND-ACME-20261120-0001")
    vendor_id = an_id()
    vendor_name = a_text("Acme", allow_none=True)
    status = a_text("pending", validate=validate.OneOf(list(Status)))
    subtotal = money()
    shipping = money()
    discount = money()
    total = money()
    carrier = a_text(None, allow_none=True)
    tracking_number = a_text(None, allow_none=True)
    reason = a_text(None, "Why it is off.", allow_none=True)
    created_at = a_moment()
    items = ma.fields.List(ma.fields.Nested(ItemView), required=True)
    steps = ma.fields.List(ma.fields.Nested(StepView), required=True)


class OrderItem(ma.Schema):
    """An order in a list."""

    id = an_id()
    number = a_text("ORD-7K3M9QX2")
    status = a_text("shipped", validate=validate.OneOf(list(Whole)))
    subtotal = money()
    shipping = money()
    discount = money()
    total = money()
    placed_at = a_moment()
    vendor_orders = ma.fields.List(ma.fields.Nested(PartView), required=True)


class OrderView(OrderItem):
    """One order, and how each part fares. While it is pending, or if it was rejected, its items stand in `items`."""

    items = ma.fields.List(ma.fields.Nested(ItemView), required=True)
    shipping_address = ma.fields.Nested(Address, required=True)
    discount_code = a_text(None, allow_none=True)
    reason = a_text(None, "Why it was rejected or cancelled.", allow_none=True)
    refused = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        required=True,
        metadata=shown({"Cedar bowl": "2 wanted, 1 there"}, "What is the matter, by title."),
    )
    decided_at = a_moment(allow_none=True)


class OrderQuery(PageQuery):
    """A page of one's orders, newest first."""


class Cancellation(ma.Schema):
    """Why; and which part, if not all of it."""

    reason = a_given("No longer wanted", 500, load_default="Cancelled by the customer.")
    vendor_order_id = an_id(required=False, load_default=None, allow_none=True)
