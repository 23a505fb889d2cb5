"""The shapes of products: as everybody sees them, as their owners do, and as they are made and changed."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.catalog.domain.facets import CHOICES
from services.catalog.domain.languages import DEFAULT
from services.catalog.domain.search import NEAR, Sort
from services.catalog.domain.statuses import Status, Visibility
from services.catalog.domain.visibility import Rule
from services.catalog.schemas import MOST_IDS, Ids, ImageView, Line, Name, a_reference
from shared.kit.examples import AN_ID, a_moment, a_number, a_text, an_id, shown
from shared.kit.money import DECIMALS, MOST, Money, a_price
from shared.kit.paging import PageQuery, page_of
from shared.kit.shapes import Instant

STATUSES = validate.OneOf(list(Status))
VISIBILITIES = validate.OneOf(list(Visibility))
LONGEST_DESCRIPTION = 20_000


def a_price_bound(description: str) -> ma.fields.Integer:
    """One end of a price range."""
    return ma.fields.Integer(load_default=None, validate=validate.Range(0, MOST), metadata=shown(5000, description))


class ProductQuery(PageQuery):
    """What somebody looks for."""

    q = ma.fields.String(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata=shown("cedar bowl", 'Words, "phrases", -exclusions, or.'),
    )
    category = a_reference("kitchen", "The id or slug of a category; all that is below it counts.")
    vendor = a_reference("vendor-a", "The id or slug of a vendor: their storefront.")
    currency = ma.fields.String(
        load_default=None, validate=validate.OneOf(sorted(DECIMALS)), metadata=shown("EUR", "Prices in this one alone.")
    )
    price_min = a_price_bound("At least so many minor units of `currency`.")
    price_max = a_price_bound("At most so many minor units of `currency`.")
    in_stock = ma.fields.Boolean(load_default=False, metadata=shown(value=True))
    sort = ma.fields.Enum(
        Sort,
        by_value=True,
        load_default=None,
        metadata=shown(
            "price",
            f"By relevance if there are words, else the newest first. Relevance is of the newest {NEAR} matches.",
        ),
    )
    ids = Ids(load_default=None, metadata=shown(AN_ID, f"At most {MOST_IDS}: those of them that one sees, in order."))
    facets = ma.fields.Boolean(
        load_default=False, metadata=shown(value=False, description="Count what further choices would show.")
    )

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what cannot be compared."""
        least, most = data.get("price_min"), data.get("price_max")
        if (least is not None or most is not None) and not data.get("currency"):
            raise ma.ValidationError("Name the currency of the prices.", "currency")
        if least is not None and most is not None and least > most:
            raise ma.ValidationError("Must not be less than price_min.", "price_max")
        if data.get("sort") is Sort.RELEVANCE and not data.get("q"):
            raise ma.ValidationError("Relevance needs words to search.", "sort")


class ProductView(ma.Schema):
    """A product in a list; of its pictures the first."""

    id = an_id()
    slug = a_text("cedar-bowl")
    title = a_text("Cedar bowl")
    vendor_id = an_id("Null for the marketplace's own.", allow_none=True)
    vendor = ma.fields.Nested(Name, required=True, allow_none=True)
    category_id = an_id(allow_none=True)
    price = ma.fields.Nested(Money, required=True)
    stock = a_number(12, "How many can be bought now.")
    status = a_text("active", "`out_of_stock` also when nothing is left.", validate=STATUSES)
    visibility = a_text("public", validate=VISIBILITIES)
    images = ma.fields.List(ma.fields.Nested(ImageView), required=True)


class ProductDetail(ProductView):
    """All that is shown of a product, with all of its pictures."""

    description = a_text("Turned from *one* piece.", "Markdown.")
    description_html = a_text("<p>Turned from <em>one</em> piece.</p>", "Harmless HTML of it.")
    language = a_text("en")
    sku = a_text("BOWL-1")
    categories = ma.fields.List(
        ma.fields.Nested(Name), required=True, metadata={"description": "From the top of the tree down to its own."}
    )
    version = a_number(3)
    created_at = a_moment()
    updated_at = a_moment()


class Counted(Name):
    """A further choice, and how many products it would show."""

    count = a_number(17)


class CountedPrices(ma.Schema):
    """What there is in one currency, in minor units."""

    currency = a_text("EUR")
    least = a_number(500)
    most = a_number(12_900)
    count = a_number(17)


class Facets(ma.Schema):
    """How many products each further choice would show, the largest numbers first.

    Counted are the newest 1,000 of those that one sees; `at_least` names the counts that had to stop there.
    """

    categories = ma.fields.List(ma.fields.Nested(Counted), required=True)
    vendors = ma.fields.List(ma.fields.Nested(Counted), required=True)
    prices = ma.fields.List(ma.fields.Nested(CountedPrices), required=True)
    in_stock = a_number(15)
    at_least = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(sorted(CHOICES.values()))),
        required=True,
        metadata=shown(["vendors"], "The counts for which there are more products than were counted."),
    )


class ProductPage(ma.Schema):
    """A page of products; `facets` if they were asked for."""

    items = ma.fields.List(ma.fields.Nested(ProductView), required=True)
    next_cursor = ma.fields.String(required=True, allow_none=True, metadata={"example": None})
    facets = ma.fields.Nested(Facets)


class VisibilityQuery(ma.Schema):
    """For whom and when; a visitor, and now, unless told."""

    customer = an_id(required=False, load_default=None)
    at = Instant(load_default=None, metadata=shown("2026-11-01T00:00:00Z"))


class VisibilityView(ma.Schema):
    """Whether somebody sees a product, and why."""

    product_id = an_id()
    customer_id = an_id(allow_none=True)
    at = a_moment("Null is now.", allow_none=True)
    visible = ma.fields.Boolean(required=True, metadata=shown(value=True))
    rule = a_text("linked", validate=validate.OneOf(list(Rule)))
    event_id = an_id("What made the rule decide so, if it was an event.", allow_none=True)
    sentence = a_text("The product is for the vendor's own customers, and this is one.")


def a_title(**options: Any) -> Line:
    """What a product is called."""
    return Line(validate=validate.Length(1, 200), metadata=shown("Cedar bowl"), **options)


class ProductChange(ma.Schema):
    """What is to be different; what is not named stays."""

    title = a_title()
    description = ma.fields.String(
        validate=validate.Length(max=LONGEST_DESCRIPTION), metadata=shown("Turned from *one* piece.", "Markdown.")
    )
    language = ma.fields.String(
        validate=validate.Regexp("[a-z]{2}$", error="Must be two letters of ISO 639-1."), metadata=shown("en")
    )
    category_id = an_id(required=False, allow_none=True)
    price = a_price(required=False)
    sku = Line(validate=validate.Length(1, 64), metadata=shown("BOWL-1", "Unique among one's own products."))
    status = ma.fields.String(validate=STATUSES, metadata=shown("active"))
    visibility = ma.fields.String(validate=VISIBILITIES, metadata=shown("linked", "Linked: for one's customer list."))


class NewProduct(ProductChange):
    """A product to be made: a draft for everybody, unless told."""

    title = a_title(required=True)
    language = ma.fields.String(
        load_default=DEFAULT,
        validate=validate.Regexp("[a-z]{2}$", error="Must be two letters of ISO 639-1."),
        metadata=shown("en"),
    )
    price = a_price()


class OwnQuery(PageQuery):
    """Which of one's own products."""

    q = ma.fields.String(load_default=None, validate=validate.Length(1, 100), metadata=shown("bowl"))
    status = ma.fields.String(load_default=None, validate=STATUSES, metadata=shown("draft"))
    visibility = ma.fields.String(load_default=None, validate=VISIBILITIES, metadata=shown("linked"))
    category = a_reference("kitchen", "The id or slug of a category; all that is below it counts.")
    deleted = ma.fields.Boolean(
        load_default=False, metadata=shown(value=False, description="Those that are deleted, instead of the others.")
    )


class AdminQuery(OwnQuery):
    """Which of everybody's products."""

    vendor = a_reference("vendor-a", "The id or slug of a vendor.")


class OwnProduct(ma.Schema):
    """A product as its owner sees it; `status` is the owner's word."""

    id = an_id()
    slug = a_text("cedar-bowl")
    title = a_text("Cedar bowl")
    vendor_id = an_id("Null for the marketplace's own.", allow_none=True)
    vendor_name = a_text("Vendor A", allow_none=True)
    vendor_slug = a_text("vendor-a", allow_none=True)
    description = a_text("Turned from *one* piece.", "Markdown, as it was written.")
    description_html = a_text("<p>Turned from <em>one</em> piece.</p>", "What is shown of it.")
    language = a_text("en")
    category_id = an_id(allow_none=True)
    price = ma.fields.Nested(Money, required=True)
    sku = a_text("BOWL-1")
    stock = a_number(12, "How many can be bought now.")
    status = a_text("active", validate=STATUSES)
    visibility = a_text("public", validate=VISIBILITIES)
    images = ma.fields.List(ma.fields.Nested(ImageView), required=True)
    version = a_number(3, "Also the ETag: send it back as If-Match.")
    created_at = a_moment()
    updated_at = a_moment()
    deleted_at = a_moment(allow_none=True)


OWN_PAGE = page_of(OwnProduct)
"""One schema for every door, so that the document has one name for it."""


class StatusChange(ma.Schema):
    """One status for many products."""

    ids = ma.fields.List(
        ma.fields.UUID(), required=True, validate=validate.Length(1, MOST_IDS), metadata=shown([AN_ID])
    )
    status = ma.fields.String(required=True, validate=STATUSES, metadata=shown("active"))


class StatusChanged(ma.Schema):
    """Which of them had another one before."""

    changed = ma.fields.List(ma.fields.UUID(), required=True, metadata=shown([AN_ID]))
    unchanged = ma.fields.List(ma.fields.UUID(), required=True, metadata=shown([]))


class AltQuery(ma.Schema):
    """What is to be seen on a picture."""

    alt = Line(load_default="", validate=validate.Length(max=300), metadata=shown("A bowl of cedar wood"))


class Placed(ma.Schema):
    """A picture in its place."""

    id = an_id()
    alt = Line(load_default=None, validate=validate.Length(max=300), metadata=shown("A bowl of cedar wood"))


class Arrangement(ma.Schema):
    """All pictures of a product in their order."""

    images = ma.fields.List(ma.fields.Nested(Placed), required=True, validate=validate.Length(max=50))
