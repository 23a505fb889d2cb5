"""The forms of products: what they are, how many there are, and where they stand in the tree of categories."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from gateway.web.forms import needed, new_key
from gateway.web.languages import gettext, locale
from gateway.web.languages import lazy_gettext as _
from gateway.web.money import NotMoney, currencies, minor, plain
from gateway.web.words import standing

STATUSES = ("draft", "active", "inactive", "out_of_stock")
OF_STATUS = {
    "draft": _("Nobody else sees it yet."),
    "active": _("Seen, and bought while there is stock."),
    "inactive": _("Hidden, and kept as it is."),
    "out_of_stock": _("Seen, and not bought."),
}
VISIBILITIES = {
    "public": (_("Everybody"), _("Anyone on the market finds it.")),
    "linked": (_("Your customers"), _("Only who is on your list.")),
}
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "da", "sv", "no", "fi", "pl", "cs", "hu", "ro", "tr", "ru")
BLAMED = {"price.amount": "amount", "price.currency": "currency", "price": "amount"}
"""What the service calls a field that is inside another, and what it is called in a form."""
MOST_STOCK = 1_000_000


def languages() -> list[tuple[str, str]]:
    """Languages that descriptions are searched in."""
    names = locale().languages
    return [(code, str(names.get(code, code))) for code in LANGUAGES]


class Product(FlaskForm):
    """What a product is; `version` is what was read of it, `key` makes a form that is sent twice one product."""

    title = StringField(_("Title"), [needed(_("Enter a title."))], render_kw={"maxlength": 200, "autocomplete": "off"})
    description = TextAreaField(
        _("Description"),
        description=_("Markdown: *emphasis*, **strong**, - for a list, an empty line for a new paragraph."),
        render_kw={"rows": 9, "maxlength": 20_000},
    )
    category_id = SelectField(_("Category"), choices=[], validate_choice=False)
    amount = StringField(
        _("Price"), [needed(_("Enter a price."))], render_kw={"inputmode": "decimal", "autocomplete": "off"}
    )
    currency = SelectField(_("Currency"), choices=currencies, default="EUR")
    sku = StringField(
        _("Your number (SKU)"),
        description=_("How you call it yourself. Empty on a new one: we make one."),
        render_kw={"maxlength": 64, "autocomplete": "off"},
    )
    status = RadioField(_("Status"), choices=[(it, standing(it).name) for it in STATUSES], default="draft")
    visibility = RadioField(
        _("Who sees it"), choices=[(it, said[0]) for it, said in VISIBILITIES.items()], default="public"
    )
    language = SelectField(_("Language of the text"), choices=languages, default="en")
    stock = IntegerField(
        _("In stock"),
        [Optional(), NumberRange(0, MOST_STOCK)],
        description=_("How many you have to begin with."),
        render_kw={"min": 0, "inputmode": "numeric"},
    )
    version = HiddenField()
    key = HiddenField(default=new_key)

    @classmethod
    def of(cls, it: dict[str, Any]) -> Product:
        """The form with what is kept."""
        price = it["price"]
        return cls(data={**it, "stock": None, "amount": plain(price), "currency": price["currency"], "key": new_key()})

    def among(self, tree: list[tuple[str, str]]) -> Product:
        """The form with these categories to choose from."""
        self.category_id.choices = [("", gettext("None")), *tree]
        return self

    def validate_amount(self, field: StringField) -> None:
        """Refuse what is no price."""
        try:
            minor(field.data or "", self.currency.data)
        except NotMoney as wrong:
            raise ValidationError(str(wrong)) from None

    def body(self) -> dict[str, Any]:
        """The product as catalog takes it; a SKU left empty is left out."""
        words = {name: self[name].data for name in ("title", "status", "visibility", "language")}
        price = {"amount": minor(self.amount.data or "", self.currency.data), "currency": self.currency.data}
        body = {**words, "description": self.description.data or "", "category_id": self.category_id.data or None}
        return {**body, "price": price, **({"sku": self.sku.data} if (self.sku.data or "").strip() else {})}


class Movement(FlaskForm):
    """What happened to the stock; `key` makes a form that is sent twice one movement."""

    what = RadioField(
        _("What happened"),
        choices=[("receipt", _("Goods came in")), ("more", _("There are more")), ("fewer", _("There are fewer"))],
        default="receipt",
    )
    quantity = IntegerField(
        _("How many"),
        [InputRequired(_("Enter how many.")), NumberRange(1, MOST_STOCK, _("Enter a number from 1 upwards."))],
        render_kw={"min": 1, "inputmode": "numeric"},
    )
    reason = StringField(_("Why"), description=_("Needed for a correction."), render_kw={"maxlength": 500})
    key = HiddenField(default=new_key)

    def body(self) -> dict[str, Any]:
        """The movement as catalog takes it."""
        corrects = self.what.data != "receipt"
        quantity = (self.quantity.data or 0) * (-1 if self.what.data == "fewer" else 1)
        said = (self.reason.data or "").strip() or None
        return {"kind": "adjustment" if corrects else "receipt", "quantity": quantity, "reason": said}


class Threshold(FlaskForm):
    """At how many a product is few."""

    threshold = IntegerField(
        _("Tell me when there are only"),
        [InputRequired(_("Enter a number, nought for never.")), NumberRange(0, MOST_STOCK)],
        render_kw={"min": 0, "inputmode": "numeric"},
    )


class CategoryForm(FlaskForm):
    """A category, and where it is in the tree."""

    name = StringField(
        _("Name"), [DataRequired(_("Enter a name."))], render_kw={"maxlength": 80, "autocomplete": "off"}
    )
    parent_id = SelectField(_("In"), choices=[], validate_choice=False)
    position = IntegerField(
        _("Place"),
        [Optional(), NumberRange(1, 1_000_000)],
        description=_("1 is the first beside its like. Empty: stays, or comes last."),
        render_kw={"min": 1, "inputmode": "numeric"},
    )

    def among(self, tree: list[tuple[str, str]]) -> CategoryForm:
        """The form with these categories to be in."""
        self.parent_id.choices = [("", gettext("The top")), *tree]
        return self

    def body(self) -> dict[str, Any]:
        """The category as catalog takes it."""
        place = {"position": self.position.data} if self.position.data else {}
        return {"name": self.name.data, "parent_id": self.parent_id.data or None, **place}
