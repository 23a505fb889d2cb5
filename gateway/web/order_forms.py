"""The forms of ordering: where to, how it was sent, why not, and the codes that take something off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import NumberRange, Optional, Regexp, ValidationError

from gateway.web.forms import Address, needed, new_key
from gateway.web.languages import gettext
from gateway.web.languages import lazy_gettext as _
from gateway.web.money import NotMoney, currencies, minor

NEW = "new"
A_CODE = r"\s*[A-Za-z0-9][A-Za-z0-9_-]{2,39}\s*\Z"
KINDS = [("percentage", _("A percentage")), ("amount", _("An amount"))]
PLACE = ("name", "line1", "line2", "city", "region", "postal_code", "country", "phone")
BLAMED = {f"shipping_address.{name}": name for name in PLACE}
"""What the service calls a field of the address, and what it is called in the form."""


class Checkout(Address):
    """Where to send it, and what exactly is agreed to; `key` makes a form that is sent twice one order."""

    saved = RadioField(_("Send it to"), choices=[], validate_choice=False, default=NEW)
    keep = BooleanField(_("Keep this address for next time"))
    key = HiddenField(default=new_key)
    version = HiddenField()
    amount = HiddenField()
    currency = HiddenField()

    @classmethod
    def of(cls, cart: dict[str, Any], addresses: list[dict[str, Any]], *, sent: bool) -> Checkout:
        """The form for a cart; when it was not sent, with the usual address chosen."""
        usual = next((it["id"] for it in addresses if it.get("is_default")), addresses[0]["id"] if addresses else NEW)
        form = cls() if sent else cls(formdata=None, data={"saved": usual, **agreed(cart), "key": new_key()})
        form.addresses = {it["id"]: it for it in addresses}
        form.saved.choices = [*((it["id"], it["name"]) for it in addresses), (NEW, gettext("Another address"))]
        if addresses:
            for name in PLACE:
                form[name].flags.required = False
        return form

    addresses: dict[str, dict[str, Any]]

    def validate(self, extra_validators: Any = None) -> bool:
        """Judge the fields of the address only if none was chosen."""
        if self.saved.data in self.addresses:
            for name in PLACE:
                self[name].validators = ()
        return bool(super().validate(extra_validators))

    def renew(self, cart: dict[str, Any]) -> Checkout:
        """Agree to the cart as it is now."""
        for name, value in agreed(cart).items():
            self[name].data = value
        return self

    @property
    def is_new(self) -> bool:
        """Whether the address was typed in."""
        return self.saved.data not in self.addresses

    def order(self) -> dict[str, Any]:
        """The order as ordering takes it."""
        chosen = self.body() if self.is_new else self.addresses[self.saved.data]
        body: dict[str, Any] = {"shipping_address": {name: chosen.get(name) for name in PLACE}}
        if self.amount.data and self.amount.data.isdigit():
            body["total"] = {"amount": int(self.amount.data), "currency": self.currency.data}
        if self.version.data and self.version.data.isdigit():
            body["cart_version"] = int(self.version.data)
        return body

    def to_keep(self) -> dict[str, Any] | None:
        """The address to keep for next time, if that was asked for."""
        wanted = self.is_new and self.keep.data
        return {**{name: self.body()[name] for name in PLACE}, "is_default": False} if wanted else None


def agreed(cart: dict[str, Any]) -> dict[str, str]:
    """What somebody agrees to who sends the form."""
    total = cart["total"] or {"amount": "", "currency": ""}
    return {"version": str(cart["version"]), "amount": str(total["amount"]), "currency": total["currency"]}


class Shipment(FlaskForm):
    """By whom it was sent, and how it can be followed."""

    carrier = StringField(
        _("Carrier"), [needed(_("Enter the carrier."))], render_kw={"maxlength": 80, "list": "carriers"}
    )
    tracking_number = StringField(
        _("Tracking number"),
        [needed(_("Enter the tracking number."))],
        render_kw={"maxlength": 80, "autocomplete": "off"},
    )


class Reason(FlaskForm):
    """Why a part will not come."""

    reason = StringField(
        _("Why"),
        [needed(_("Enter a reason."))],
        description=_("The customer reads it."),
        render_kw={"maxlength": 500, "autocomplete": "off"},
    )


class NewDiscount(FlaskForm):
    """A code that takes an amount or a percentage off."""

    code = StringField(
        _("Code"),
        [
            needed(_("Enter a code.")),
            Regexp(r"\s*[A-Za-z0-9][A-Za-z0-9_-]{2,39}\s*\Z", message=_("3 to 40 letters, digits, - or _.")),
        ],
        render_kw={"maxlength": 40, "autocomplete": "off"},
    )
    kind = RadioField(_("Takes off"), choices=KINDS, default="percentage")
    worth = StringField(
        _("How much"),
        [needed(_("Enter how much it takes off."))],
        description=_("15 for 15 %, or 5.00 for an amount."),
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 16},
    )
    currency = SelectField(_("Currency"), choices=currencies, default="EUR")
    minimum = StringField(
        _("Least order"),
        description=_("In the currency beside. Empty: any."),
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 16},
    )
    until = DateField(_("Last day"), [Optional()], description=_("Until the end of this day, UTC. Empty: for ever."))
    max_uses = IntegerField(
        _("Most uses"),
        [Optional(), NumberRange(1, 10**9)],
        description=_("Empty: as many as come."),
        render_kw={"min": 1, "inputmode": "numeric"},
    )

    def validate_worth(self, field: StringField) -> None:
        """Refuse what is neither a percentage nor an amount."""
        if _minor(field, self._of()) < 1 or (self.kind.data == "percentage" and _minor(field, self._of()) > 10_000):
            raise ValidationError(_("Enter more than nought, and no more than 100 %."))

    def validate_minimum(self, field: StringField) -> None:
        """Refuse what is no amount."""
        if field.data:
            _minor(field, self.currency.data)

    def body(self) -> dict[str, Any]:
        """The code as ordering takes it; what was left empty is left out."""
        percentage = self.kind.data == "percentage"
        worth = _minor(self.worth, self._of())
        given: dict[str, Any] = {"percentage_bps" if percentage else "amount": worth, "max_uses": self.max_uses.data}
        if self.minimum.data:
            given["minimum"] = _minor(self.minimum, self.currency.data)
        if not percentage or self.minimum.data:
            given["currency"] = self.currency.data
        if day := self.until.data:
            given["valid_until"] = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC).isoformat()
        return {"code": self.code.data, **{name: value for name, value in given.items() if value is not None}}

    def _of(self) -> str:
        """A percentage is written with two decimals, like a euro."""
        return "EUR" if self.kind.data == "percentage" else self.currency.data


def _minor(field: StringField, currency: str) -> int:
    try:
        return minor(field.data or "", currency)
    except NotMoney as wrong:
        raise ValidationError(str(wrong)) from None
