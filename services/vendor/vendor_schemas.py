"""The shapes of vendors: as they see themselves, as admins see them, and as everybody does."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.vendor.application_schemas import Address, a_given, a_phone, a_website, an_address, an_e_mail
from services.vendor.domain.profiles import CONTACTS
from services.vendor.domain.statuses import APPROVED, STATUSES, SUSPENDED
from shared.kit.examples import a_moment, a_text, an_id, shown
from shared.kit.money import Money
from shared.kit.paging import PageQuery
from shared.kit.shapes import Instant, WholeNumber

PICTURE = "/api/vendor/media/019a9d3c2f007c1e8a553c7b1e0f9d21-logo-9f86d081884c7d659a2feaa0c55ad015-512.webp"

MOST_RATES = 20


class PictureView(ma.Schema):
    """One size of a picture."""

    url = a_text(PICTURE, "A path at the gateway; it can be kept for ever.")
    width = ma.fields.Integer(required=True, metadata=shown(512, "The box that it was made for."))
    height = ma.fields.Integer(required=True, metadata=shown(512))


def pictures() -> ma.fields.Field[Any]:
    """A picture in its sizes, largest first; none if there is no picture."""
    return ma.fields.List(ma.fields.Nested(PictureView), required=True)


def chosen(**options: Any) -> ma.fields.Field[Any]:
    """What of the contact is on the storefront."""
    told = {"example": ["website", "city"], "description": "What of it everybody sees; the town with its country."}
    one = ma.fields.String(validate=validate.OneOf(CONTACTS))
    return ma.fields.List(one, validate=validate.Length(max=len(CONTACTS)), metadata=told, **options)


class BankView(ma.Schema):
    """Bank details, masked."""

    holder = a_text("A••• L•••")
    iban = a_text("GB•• •••• 5432")


def shipping_rates(**options: Any) -> ma.fields.Field[Any]:
    """What is charged for each part of an order, by currency; nothing in those that are not named."""
    shown_as = {"description": "Charged once for each part of an order; nothing in currencies that are not named."}
    return ma.fields.List(ma.fields.Nested(Money), metadata=shown_as, **options)


def each_currency_once(rates: list[dict[str, Any]]) -> None:
    """Refuse two rates in one currency."""
    named = [rate["currency"] for rate in rates]
    if len(set(named)) < len(named):
        raise ma.ValidationError("Name each currency once.")


class VendorView(ma.Schema):
    """The acting vendor and their profile."""

    id = an_id()
    name = a_text("Vendor A")
    slug = a_text("vendor-a")
    code = a_text("VENDORA", "Begins the numbers of the vendor's orders.")
    status = a_text("approved", validate=validate.OneOf([APPROVED, SUSPENDED]))
    status_since = a_moment()
    status_reason = a_text(None, "Why they are suspended.", allow_none=True)
    commission_bps = ma.fields.Integer(required=True, metadata=shown(1000, "Basis points: 1000 is 10 %."))
    description = a_text("Anvils, and what goes with them.", allow_none=True)
    email = a_text("shop@acme.example", allow_none=True)
    phone = a_text("+44 20 7930 7705", allow_none=True)
    website = a_text("https://acme.example", allow_none=True)
    address = ma.fields.Nested(Address, required=True, allow_none=True)
    shown = chosen(required=True)
    bank = ma.fields.Nested(BankView, required=True, allow_none=True)
    shipping = shipping_rates(required=True)
    logo = pictures()
    banner = pictures()


class NewBank(ma.Schema):
    """Where earnings are paid to; kept encrypted, never shown again."""

    holder = a_given("Ada Lovelace", 120, required=True, allow_none=False, load_default=ma.missing)
    iban = a_given("GB82 WEST 1234 5698 7654 32", 42, required=True, allow_none=False, load_default=ma.missing)
    bic = a_given("WESTGB22", 11)


class ProfileChange(ma.Schema):
    """What shall be different; what is not named stays, and null empties."""

    description = a_given("Anvils, and what goes with them.", 2000, load_default=ma.missing)
    email = an_e_mail(load_default=ma.missing)
    phone = a_phone(load_default=ma.missing)
    website = a_website(load_default=ma.missing)
    address = an_address(load_default=ma.missing)
    shown = chosen()
    bank = ma.fields.Nested(NewBank, allow_none=True)
    shipping = shipping_rates(validate=[validate.Length(max=MOST_RATES), each_currency_once])


class StoreView(ma.Schema):
    """A storefront. Of the contact there is what the vendor chose to show."""

    id = an_id()
    name = a_text("Acme")
    slug = a_text("acme")
    description = a_text("Anvils, and what goes with them.", allow_none=True)
    email = a_text("shop@acme.example", allow_none=True)
    phone = a_text("+44 20 7930 7705", allow_none=True)
    website = a_text("https://acme.example", allow_none=True)
    city = a_text("London", allow_none=True)
    country = a_text("GB", allow_none=True)
    since = a_moment("When they began to sell here.")
    logo = pictures()
    banner = pictures()


class VendorItem(ma.Schema):
    """A vendor as admins see them in a list."""

    id = an_id()
    user_id = an_id("Whose account it is.")
    name = a_text("Acme 2")
    slug = a_text("acme-2")
    code = a_text("ACME2")
    status = a_text("approved", validate=validate.OneOf(STATUSES))
    commission_bps = ma.fields.Integer(required=True, metadata=shown(1000, "In force now, in basis points."))
    owner_name = a_text("Ada Lovelace", allow_none=True)
    owner_email = a_text("ada@example.org", allow_none=True)
    created_at = a_moment()


class StatusView(ma.Schema):
    """What the status became."""

    status = a_text("suspended", validate=validate.OneOf(STATUSES))
    since = a_moment()
    reason = a_text("Many complaints", allow_none=True)


class CommissionView(ma.Schema):
    """A rate that was set."""

    commission_bps = ma.fields.Integer(required=True, metadata=shown(1200))
    effective_from = a_moment("Orders placed from this moment on.")
    set_at = a_moment()
    set_by = an_id("By whom; null for an operator.", allow_none=True)
    reason = a_text("As agreed", allow_none=True)


class VendorDetail(VendorItem):
    """A vendor with all that admins may know."""

    description = a_text("Anvils, and what goes with them.", allow_none=True)
    email = a_text("shop@acme.example", allow_none=True)
    phone = a_text("+44 20 7930 7705", allow_none=True)
    website = a_text("https://acme.example", allow_none=True)
    address = ma.fields.Nested(Address, required=True, allow_none=True)
    bank = ma.fields.Nested(BankView, required=True, allow_none=True)
    shipping = shipping_rates(required=True)
    logo = pictures()
    banner = pictures()
    customers = ma.fields.Integer(required=True, metadata=shown(3, "How many are on the list."))
    statuses = ma.fields.List(ma.fields.Nested(StatusView), required=True, metadata={"description": "Last first."})
    commissions = ma.fields.List(
        ma.fields.Nested(CommissionView), required=True, metadata={"description": "Latest first."}
    )


class VendorQuery(PageQuery):
    """A page of vendors; deleted ones only with `status=deleted`."""

    status = ma.fields.String(load_default=None, validate=validate.OneOf(STATUSES), metadata=shown("suspended"))
    q = ma.fields.String(load_default=None, validate=validate.Length(max=100), metadata=shown("acme"))


class CommissionChange(ma.Schema):
    """A rate, and from when."""

    commission_bps = WholeNumber(
        required=True, validate=validate.Range(0, 10_000), metadata=shown(1200, "Basis points: 1200 is 12 %.")
    )
    effective_from = Instant(
        load_default=None, allow_none=True, metadata=shown("2031-01-31T23:00:00Z", "Without it, now; never the past.")
    )
    reason = a_given("As agreed", 500)
