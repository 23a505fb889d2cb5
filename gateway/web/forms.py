"""The forms; what the services refuse is put beside the field that it is about."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from babel import Locale
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

NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split())  # noqa: SIM905 - a list to be read
NEW_PASSWORD = "At least 10 characters. A few words that only you would put together work best."  # noqa: S105


def needed(what: str) -> InputRequired:
    """Say what to enter, rather than that a field is required."""
    return InputRequired(f"Enter {what}.")


def new_key() -> str:
    """A key for one registration, so that a form sent twice is one."""
    return str(uuid.uuid4())


class Registration(FlaskForm):
    """A new account; `key` makes a form that is sent twice one registration."""

    name = StringField("Name", [needed("your name")], render_kw={"autocomplete": "name", "maxlength": 100})
    email = EmailField("E-mail", [needed("your e-mail address")], render_kw={"autocomplete": "email"})
    password = PasswordField(
        "Password",
        [needed("a password")],
        description=NEW_PASSWORD,
        render_kw={"autocomplete": "new-password", "minlength": 10},
    )
    token = HiddenField()
    key = HiddenField(default=new_key)


class SignIn(FlaskForm):
    """E-mail and password."""

    email = EmailField("E-mail", [needed("your e-mail address")], render_kw={"autocomplete": "username"})
    password = PasswordField("Password", [needed("your password")], render_kw={"autocomplete": "current-password"})


class Forgotten(FlaskForm):
    """Whose password was forgotten."""

    email = EmailField("E-mail", [needed("your e-mail address")], render_kw={"autocomplete": "username"})


class Reset(FlaskForm):
    """A new password, with the code of the link that was sent."""

    code = HiddenField()
    password = PasswordField(
        "New password",
        [needed("a new password")],
        description=NEW_PASSWORD,
        render_kw={"autocomplete": "new-password", "minlength": 10},
    )


class Name(FlaskForm):
    """What one is called."""

    name = StringField("Name", [needed("your name")], render_kw={"autocomplete": "name", "maxlength": 100})


class NewPassword(FlaskForm):
    """The password that is, and the one that shall be."""

    current_password = PasswordField(
        "Current password", [needed("your current password")], render_kw={"autocomplete": "current-password"}
    )
    new_password = PasswordField(
        "New password",
        [needed("a new password")],
        description=NEW_PASSWORD,
        render_kw={"autocomplete": "new-password", "minlength": 10},
    )


def countries() -> list[tuple[str, str]]:
    """ISO 3166-1 codes with their English names, by name."""
    names = Locale("en").territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return [("", "Choose…"), *sorted((it for it in found if it[0] not in NO_COUNTRIES), key=lambda it: it[1])]


class Address(FlaskForm):
    """A place to have things sent to."""

    name = StringField("Recipient", [needed("who receives it")], render_kw={"autocomplete": "name", "maxlength": 100})
    line1 = StringField("Street and number", [needed("street and number")], render_kw={"autocomplete": "address-line1"})
    line2 = StringField("Floor, apartment", render_kw={"autocomplete": "address-line2"})
    postal_code = StringField("Postal code", render_kw={"autocomplete": "postal-code", "maxlength": 20})
    city = StringField("Town or city", [needed("a town or city")], render_kw={"autocomplete": "address-level2"})
    region = StringField("State or region", render_kw={"autocomplete": "address-level1"})
    country = SelectField("Country", [needed("a country")], choices=countries, render_kw={"autocomplete": "country"})
    phone = TelField("Phone", description="For the carrier only.", render_kw={"autocomplete": "tel"})
    is_default = BooleanField("Use this address unless I say otherwise")

    def body(self) -> dict[str, Any]:
        """The address as identity takes it; an emptied part is null."""
        given = {name: value for name, value in self.data.items() if name != "csrf_token"}
        return {name: None if value == "" else value for name, value in given.items()}


class NewInvite(FlaskForm):
    """An invitation link to be made."""

    label = StringField("Label", description="Only you see it.", render_kw={"maxlength": 80, "autocomplete": "off"})
    max_uses = IntegerField(
        "Most people", [Optional()], description="Empty: as many as come.", render_kw={"min": 1, "inputmode": "numeric"}
    )
    key = HiddenField(default=new_key)
    expires_on = DateField("Last day", [Optional()], description="Until the end of this day, UTC. Empty: for ever.")

    def body(self) -> dict[str, Any]:
        """The link as vendor takes it; what was left empty is left out."""
        day = self.expires_on.data
        end = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC) if day else None
        given = {"label": (self.label.data or "").strip() or None, "max_uses": self.max_uses.data}
        given["expires_at"] = end.isoformat().replace("+00:00", "Z") if end else None
        return {name: value for name, value in given.items() if value is not None}


class Label(FlaskForm):
    """A link's new label."""

    label = StringField("Label", render_kw={"maxlength": 80, "autocomplete": "off"})


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
        form.form_errors.append("This cannot be saved right now. Nothing is lost: please try again in a few seconds.")
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


def _in_words(refused: Refused) -> str:
    if refused.status == 429:
        return f"That was too often. Please wait {refused.retry_after or 60} seconds and try again."
    return refused.detail if refused.title in refused.detail else f"{refused.title}. {refused.detail}"
