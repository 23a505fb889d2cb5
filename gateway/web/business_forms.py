"""The forms of shops: an application, what a shop says of itself, its bank account, and what admins decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    EmailField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from gateway.web.forms import countries, needed
from gateway.web.languages import lazy_gettext as _
from gateway.web.money import NotMoney, currencies, minor

CONTACTS = ("email", "phone", "website", "city")
PLACE = ("line1", "line2", "postal_code", "city", "region", "country")
BLAMED = {f"address.{name}": name for name in PLACE} | {f"bank.{name}": name for name in ("holder", "iban", "bic")}
"""What the service calls a field that is inside another, and what it is called in a form."""
WHOLE_PLACE = {
    "line1": _("Enter street and number as well, or leave the whole address empty."),
    "city": _("Enter a town or city as well, or leave the whole address empty."),
    "country": _("Enter a country as well, or leave the whole address empty."),
}


class Rate(DecimalField):
    """A number with a point or a comma."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it as people of any country type it."""
        super().process_formdata([text.strip().replace(",", ".") for text in valuelist])


def percent(name: str, presence: Any, **more: Any) -> Rate:
    """A rate in percent, with up to two digits after the point; `presence` says whether it may be left out."""
    checks = [presence, NumberRange(0, 100, _("Enter a rate from 0 to 100 %%."))]
    return Rate(name, checks, places=2, render_kw={"inputmode": "decimal", "autocomplete": "off"}, **more)


def basis_points(rate: Decimal | None) -> int | None:
    """A rate in percent as the services count it."""
    return None if rate is None else int((rate * 100).to_integral_value())


class Business(FlaskForm):
    """How to reach a business and where it is; an address is given as a whole or not at all."""

    texts: ClassVar[tuple[str, ...]] = ()

    phone = TelField(_("Phone"), render_kw={"autocomplete": "tel", "maxlength": 32})
    website = URLField(_("Website"), render_kw={"autocomplete": "url", "placeholder": "https://", "maxlength": 300})
    line1 = StringField(_("Street and number"), render_kw={"autocomplete": "address-line1", "maxlength": 120})
    line2 = StringField(_("Floor, unit"), render_kw={"autocomplete": "address-line2", "maxlength": 120})
    postal_code = StringField(_("Postal code"), render_kw={"autocomplete": "postal-code", "maxlength": 16})
    city = StringField(_("Town or city"), render_kw={"autocomplete": "address-level2", "maxlength": 80})
    region = StringField(_("State or region"), render_kw={"autocomplete": "address-level1", "maxlength": 80})
    country = SelectField(_("Country"), choices=countries, validate_choice=False, render_kw={"autocomplete": "country"})

    @classmethod
    def filled(cls, known: dict[str, Any] | None) -> Any:
        """The form with what is known already."""
        return cls(data={**(known or {}), **((known or {}).get("address") or {})})

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse half an address, naming what is missing."""
        sound: bool = super().validate(extra_validators)
        if self.place() is None:
            return sound
        for name, wrong in WHOLE_PLACE.items():
            if not self[name].data:
                self[name].errors = [*self[name].errors, wrong]
                sound = False
        return sound

    def place(self) -> dict[str, str | None] | None:
        """The address, or nothing if no part of it was given."""
        given = {name: (self[name].data or "").strip() or None for name in PLACE}
        return given if any(given.values()) else None

    def body(self) -> dict[str, Any]:
        """The business as vendor takes it; what was left empty is null."""
        given = {name: (self[name].data or "").strip() or None for name in (*self.texts, "phone", "website")}
        return {**given, "address": self.place()}


class Application(Business):
    """What somebody who wants to sell says of their business."""

    texts = ("business_name", "business_email", "description", "tax_id")

    business_name = StringField(
        _("Business name"),
        [DataRequired(_("Enter the name of your business."))],
        description=_("Customers will see it. If somebody has it already, yours gets a number."),
        render_kw={"autocomplete": "organization", "maxlength": 80},
    )
    business_email = EmailField(_("Business e-mail"), render_kw={"autocomplete": "email", "maxlength": 254})
    description = TextAreaField(
        _("What do you sell?"),
        description=_("A few sentences for the person who reads your application."),
        render_kw={"rows": 5, "maxlength": 2000},
    )
    tax_id = StringField(
        _("Tax number"),
        description=_("If your business has one. Only admins see it."),
        render_kw={"autocomplete": "off", "maxlength": 40},
    )


class Shop(Business):
    """What a shop says of itself."""

    texts = ("description", "email")

    description = TextAreaField(
        _("About your shop"),
        description=_("Shown on your shop’s page. An empty line begins a new paragraph."),
        render_kw={"rows": 6, "maxlength": 2000},
    )
    email = EmailField(_("E-mail"), render_kw={"autocomplete": "email", "maxlength": 254})
    show_email = BooleanField(_("the e-mail"))
    show_phone = BooleanField(_("the phone number"))
    show_website = BooleanField(_("the website"))
    show_city = BooleanField(_("the town and the country"))

    @classmethod
    def filled(cls, known: dict[str, Any] | None) -> Any:
        """The form with what is known already, and ticked what is shown already."""
        ticked = {f"show_{name}": True for name in (known or {}).get("shown") or ()}
        return super().filled({**(known or {}), **ticked})

    def boxes(self) -> list[BooleanField]:
        """What can be shown to everybody."""
        return [self[f"show_{name}"] for name in CONTACTS]

    def body(self) -> dict[str, Any]:
        """The shop as vendor takes it."""
        return {**super().body(), "shown": [name for name in CONTACTS if self[f"show_{name}"].data]}


class Shipping(FlaskForm):
    """What a shop charges for sending its part of an order, in one currency."""

    amount = StringField(
        _("Charge per order"),
        description=_("Once for your part of an order, whatever is in it. Empty: nothing."),
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20},
    )
    currency = SelectField(_("Currency"), choices=currencies, default="EUR")

    def validate_amount(self, _amount: StringField) -> None:
        """Refuse what is no amount of the currency."""
        try:
            self._rate()
        except NotMoney as wrong:
            raise ValidationError(str(wrong)) from None

    def body(self, rates: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The rates as vendor takes them: these, with the one that was entered instead of that currency's."""
        others = [dict(rate) for rate in rates if rate["currency"] != self.currency.data]
        return {"shipping": [*others, rate] if (rate := self._rate()) else others}

    def _rate(self) -> dict[str, Any] | None:
        text, currency = (self.amount.data or "").strip(), self.currency.data
        amount = minor(text, currency) if text else 0
        return {"amount": amount, "currency": currency} if amount else None


class Bank(FlaskForm):
    """Where a shop's earnings go; what is kept is never put into the form again."""

    holder = StringField(
        _("Account holder"),
        [needed(_("Enter whose account it is."))],
        render_kw={"autocomplete": "off", "maxlength": 120},
    )
    iban = StringField(_("IBAN"), [needed(_("Enter the IBAN."))], render_kw={"autocomplete": "off", "maxlength": 42})
    bic = StringField(_("BIC"), render_kw={"autocomplete": "off", "maxlength": 11})

    def body(self) -> dict[str, Any]:
        """The account as vendor takes it."""
        return {"bank": {name: (self[name].data or "").strip() or None for name in ("holder", "iban", "bic")}}


class Reason(FlaskForm):
    """Why an admin does something that somebody else has to live with."""

    reason = TextAreaField(
        _("Reason"),
        [DataRequired(_("Enter a reason.")), Length(max=500, message=_("Say it in at most 500 characters."))],
        description=_("They read it as you write it."),
        render_kw={"rows": 3, "maxlength": 500},
    )


class Approval(FlaskForm):
    """The rate that a new shop begins with."""

    rate = percent(_("Commission in %"), Optional(), description=_("Empty: the marketplace’s usual rate."))

    def body(self) -> dict[str, Any]:
        """The decision as vendor takes it."""
        bps = basis_points(self.rate.data)
        return {} if bps is None else {"commission_bps": bps}


class Commission(FlaskForm):
    """Another rate, from now or from a day on."""

    rate = percent(_("New rate in %"), needed(_("Enter the new rate.")))
    from_day = DateField(_("From"), [Optional()], description=_("The beginning of a day, UTC. Empty: from now on."))
    why = StringField(_("Why"), render_kw={"maxlength": 500, "autocomplete": "off"})

    def body(self) -> dict[str, Any]:
        """The change as vendor takes it."""
        day = self.from_day.data
        begins = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
        given = {"commission_bps": basis_points(self.rate.data), "reason": (self.why.data or "").strip() or None}
        given["effective_from"] = begins.isoformat().replace("+00:00", "Z") if begins else None
        return {name: value for name, value in given.items() if value is not None}
