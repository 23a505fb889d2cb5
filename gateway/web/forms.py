"""The forms; what the services refuse is put beside the field that it is about."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import g
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TelField,
)
from wtforms.validators import InputRequired, Optional

from gateway.web.client import Refused, ServiceDown
from gateway.web.languages import gettext, locale, ngettext
from gateway.web.languages import lazy_gettext as _

NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split())  # noqa: SIM905 - a list to be read
NEW_PASSWORD = _("At least 10 characters. A few words that only you would put together work best.")


def needed(sentence: str) -> InputRequired:
    """Say what to enter, rather than that a field is required."""
    return InputRequired(sentence)


def new_key() -> str:
    """A key for one registration, so that a form sent twice is one."""
    return str(uuid.uuid4())


class Registration(FlaskForm):
    """A new account; `key` makes a form that is sent twice one registration."""

    name = StringField(_("Name"), [needed(_("Enter your name."))], render_kw={"autocomplete": "name", "maxlength": 100})
    email = EmailField(_("E-mail"), [needed(_("Enter your e-mail address."))], render_kw={"autocomplete": "email"})
    password = PasswordField(
        _("Password"),
        [needed(_("Enter a password."))],
        description=NEW_PASSWORD,
        render_kw={"autocomplete": "new-password", "minlength": 10},
    )
    token = HiddenField()
    key = HiddenField(default=new_key)


class SignIn(FlaskForm):
    """E-mail and password."""

    email = EmailField(_("E-mail"), [needed(_("Enter your e-mail address."))], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _("Password"), [needed(_("Enter your password."))], render_kw={"autocomplete": "current-password"}
    )


class Forgotten(FlaskForm):
    """Whose password was forgotten."""

    email = EmailField(_("E-mail"), [needed(_("Enter your e-mail address."))], render_kw={"autocomplete": "username"})


class Reset(FlaskForm):
    """A new password, with the code of the link that was sent."""

    code = HiddenField()
    password = PasswordField(
        _("New password"),
        [needed(_("Enter a new password."))],
        description=NEW_PASSWORD,
        render_kw={"autocomplete": "new-password", "minlength": 10},
    )


class Name(FlaskForm):
    """What one is called."""

    name = StringField(_("Name"), [needed(_("Enter your name."))], render_kw={"autocomplete": "name", "maxlength": 100})


class NewPassword(FlaskForm):
    """The password that is, and the one that shall be."""

    current_password = PasswordField(
        _("Current password"),
        [needed(_("Enter your current password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        _("New password"),
        [needed(_("Enter a new password."))],
        description=NEW_PASSWORD,
        render_kw={"autocomplete": "new-password", "minlength": 10},
    )


def countries() -> list[tuple[str, str]]:
    """ISO 3166-1 codes with their names, by name as the reader's dictionaries have them."""
    found = [(code, name) for code, name in locale().territories.items() if len(code) == 2 and code.isalpha()]
    return [("", gettext("Choose…")), *sorted((it for it in found if it[0] not in NO_COUNTRIES), key=_by_letters)]


def _by_letters(it: tuple[str, str]) -> str:
    """What a name is sorted by: letters without their marks, so that Österreich is among the O."""
    return unicodedata.normalize("NFKD", it[1]).encode("ascii", "ignore").decode().casefold()


class Address(FlaskForm):
    """A place to have things sent to."""

    name = StringField(
        _("Recipient"), [needed(_("Enter who receives it."))], render_kw={"autocomplete": "name", "maxlength": 100}
    )
    line1 = StringField(
        _("Street and number"), [needed(_("Enter street and number."))], render_kw={"autocomplete": "address-line1"}
    )
    line2 = StringField(_("Floor, apartment"), render_kw={"autocomplete": "address-line2"})
    postal_code = StringField(_("Postal code"), render_kw={"autocomplete": "postal-code", "maxlength": 20})
    city = StringField(
        _("Town or city"), [needed(_("Enter a town or city."))], render_kw={"autocomplete": "address-level2"}
    )
    region = StringField(_("State or region"), render_kw={"autocomplete": "address-level1"})
    country = SelectField(
        _("Country"), [needed(_("Enter a country."))], choices=countries, render_kw={"autocomplete": "country"}
    )
    phone = TelField(_("Phone"), description=_("For the carrier only."), render_kw={"autocomplete": "tel"})
    is_default = BooleanField(_("Use this address unless I say otherwise"))

    def body(self) -> dict[str, Any]:
        """The address as identity takes it; an emptied part is null."""
        given = {name: value for name, value in self.data.items() if name != "csrf_token"}
        return {name: None if value == "" else value for name, value in given.items()}


class NewInvite(FlaskForm):
    """An invitation link to be made."""

    label = StringField(
        _("Label"), description=_("Only you see it."), render_kw={"maxlength": 80, "autocomplete": "off"}
    )
    max_uses = IntegerField(
        _("Most people"),
        [Optional()],
        description=_("Empty: as many as come."),
        render_kw={"min": 1, "inputmode": "numeric"},
    )
    key = HiddenField(default=new_key)
    expires_on = DateField(
        _("Last day"), [Optional()], description=_("Until the end of this day, UTC. Empty: for ever.")
    )

    def body(self) -> dict[str, Any]:
        """The link as vendor takes it; what was left empty is left out."""
        day = self.expires_on.data
        end = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC) if day else None
        given = {"label": (self.label.data or "").strip() or None, "max_uses": self.max_uses.data}
        given["expires_at"] = end.isoformat().replace("+00:00", "Z") if end else None
        return {name: value for name, value in given.items() if value is not None}


class Label(FlaskForm):
    """A link's new label."""

    label = StringField(_("Label"), render_kw={"maxlength": 80, "autocomplete": "off"})


def submit(form: FlaskForm, send: Callable[[], Any], *, also: dict[str, str] | None = None) -> bool:
    """Send a valid form; say whether it was taken.

    If not, each reason is beside its field (`also` maps a service's name of a field to the form's) or above the form,
    and `g.status` is what the page should answer with.
    """
    if not form.validate_on_submit():
        g.status = 422
        return False
    try:
        send()
    except Refused as refused:
        blame(form, refused, also or {})
    except ServiceDown:
        g.status = 503
        form.form_errors.append(
            gettext("This cannot be saved right now. Nothing is lost: please try again in a few seconds.")
        )
    else:
        return True
    return False


def blame(form: FlaskForm, refused: Refused, also: dict[str, str]) -> None:
    """Put what was refused beside the fields at fault, or above the form if none of them is."""
    g.status = refused.status
    named = {also.get(name, name): message for name, message in refused.fields.items()}
    for name in named.keys() & form._fields.keys():
        form[name].errors = [*form[name].errors, named[name]]
    if not named.keys() & form._fields.keys():
        form.form_errors.append(_in_words(refused))


def too_often(seconds: int) -> str:
    """When somebody who was too quick can try again."""
    return ngettext(
        "That was too often. Please wait %(num)s second and try again.",
        "That was too often. Please wait %(num)s seconds and try again.",
        seconds,
    )


def _in_words(refused: Refused) -> str:
    if refused.status == 429:
        return too_often(refused.retry_after or 60)
    return refused.detail if refused.title in refused.detail else f"{refused.title}. {refused.detail}"
