"""The shapes of identity's requests and answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.identity.domain.countries import COUNTRIES
from services.identity.domain.password_rules import MAX_LENGTH, MIN_LENGTH
from shared.kit.shapes import AnyText, Flag, Instant

EMAIL = "ada@example.org"
PASSWORD = "a long walk by the sea"  # noqa: S105 - an example
ACCESS_TOKEN = "eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiI…"  # noqa: S105 - an example
REFRESH_TOKEN = "4JmG0s8xX2b3v6nqfJb2T5d0n5rKQpYtq2x9y1uWc8E"  # noqa: S105 - an example
USER_ID = "019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"
MOMENT = "2026-11-20T08:30:00Z"
ONE_LINE = validate.Regexp(r"^[^\x00-\x1f\x7f]*$", error="Must be one line without control characters.")
LANGUAGE = validate.Regexp(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", error="Not a language tag such as en or pt-BR.")


def example(value: object, description: str = "") -> dict[str, object]:
    """What the OpenAPI document shows of a field."""
    return {"example": value, **({"description": description} if description else {})}


class Text(ma.fields.String):
    """A line for people: trimmed, and not empty after that."""

    def __init__(self, longest: int, form: validate.Regexp = ONE_LINE, **options: Any) -> None:
        super().__init__(validate=[validate.Length(min=1, max=longest), form], **options)

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize(*args, **kwargs).strip()


def an_email(**shown: str) -> ma.fields.String:
    """An e-mail address, of any form: one that cannot be somebody's is just nobody's."""
    return ma.fields.String(
        required=True, validate=validate.Length(min=3, max=254), metadata={**shown, **example(EMAIL)}
    )


def a_new_email() -> ma.fields.String:
    """An e-mail address that somebody registers with; its form is judged by the domain."""
    return an_email(format="idn-email")


def a_password(description: str = "") -> ma.fields.String:
    """A password that somebody has; never shown, never logged."""
    return _password(description, validate=validate.Length(max=MAX_LENGTH))


def a_new_password() -> ma.fields.String:
    """A password that somebody chooses. Its rules are the domain's, which names each that is broken."""
    said = f"At least {MIN_LENGTH} characters, and not among those that a guesser tries first."
    return _password(said, minLength=MIN_LENGTH, maxLength=MAX_LENGTH)


def _password(description: str, *, validate: Any = None, **told: Any) -> ma.fields.String:
    metadata = {"format": "password", **example(PASSWORD, description), **told}
    return ma.fields.String(required=True, load_only=True, validate=validate, metadata=metadata)


class Registration(ma.Schema):
    """A person who wants an account."""

    email = a_new_email()
    password = a_new_password()
    name = Text(100, required=True, metadata=example("Ada Lovelace"))
    locale = Text(35, LANGUAGE, load_default="en", metadata=example("en"))
    invite_token = AnyText(
        load_default=None,
        allow_none=True,
        metadata=example("q8Zt0rJm2XvK5yWb", "Carried to the vendor whose link it is; a bad one never stops anybody."),
    )


class UserView(ma.Schema):
    """A person, to themselves."""

    id = ma.fields.UUID(required=True, metadata=example(USER_ID))
    email = ma.fields.String(required=True, metadata=example(EMAIL))
    name = ma.fields.String(required=True, metadata=example("Ada Lovelace"))
    locale = ma.fields.String(required=True, metadata=example("en"))
    role = ma.fields.String(
        required=True, validate=validate.OneOf(["customer", "vendor", "admin"]), metadata=example("customer")
    )
    registered_at = Instant(required=True, metadata=example(MOMENT))


class UserChange(ma.Schema):
    """What a person may change of themselves."""

    name = Text(100, metadata=example("Ada King"))
    locale = Text(35, LANGUAGE, metadata=example("en-GB"))


class Login(ma.Schema):
    """An e-mail and its password."""

    email = an_email()
    password = a_password()


class Tokens(ma.Schema):
    """A short-lived access token; the refresh token comes in a cookie that scripts cannot read."""

    access_token = ma.fields.String(required=True, metadata=example(ACCESS_TOKEN))
    token_type = ma.fields.String(required=True, metadata=example("Bearer"))
    expires_in = ma.fields.Integer(required=True, metadata=example(900, "Seconds."))
    refresh_token = ma.fields.String(
        metadata=example(REFRESH_TOKEN, "Only for those who sent theirs in the body, not in the cookie.")
    )


class RefreshTokenGiven(ma.Schema):
    """A refresh token from those who keep no cookies."""

    refresh_token = ma.fields.String(
        load_default=None, load_only=True, validate=validate.Length(max=512), metadata=example(REFRESH_TOKEN)
    )


class PasswordChange(ma.Schema):
    """The password that is, and the one that shall be."""

    current_password = a_password()
    new_password = a_new_password()


class PasswordForgotten(ma.Schema):
    """Whose password was forgotten."""

    email = an_email()


class PasswordReset(ma.Schema):
    """The token of a reset link, and a new password."""

    token = ma.fields.String(
        required=True, load_only=True, validate=validate.Length(min=1, max=512), metadata=example(REFRESH_TOKEN)
    )
    password = a_new_password()


def a_country(**options: Any) -> ma.fields.String:
    """An ISO 3166-1 country code."""
    known = validate.OneOf(sorted(COUNTRIES), error="Not a country code of ISO 3166-1, such as DE.")
    return ma.fields.String(validate=known, metadata=example("GB"), **options)


def maybe(longest: int, shown: str) -> Text:
    """A part of an address that not every country has."""
    return Text(longest, allow_none=True, metadata=example(shown))


class AddressChange(ma.Schema):
    """The parts of an address that change."""

    name = Text(100, metadata=example("Ada Lovelace"))
    line1 = Text(200, metadata=example("12 St James's Square"))
    line2 = maybe(200, "Second floor")
    city = Text(100, metadata=example("London"))
    region = maybe(100, "Greater London")
    postal_code = maybe(20, "SW1Y 4JH")
    country = a_country()
    phone = maybe(40, "+44 20 7946 0000")
    is_default = Flag(metadata=example(value=True))


class NewAddress(AddressChange):
    """A place to have things sent to."""

    name = Text(100, required=True, metadata=example("Ada Lovelace"))
    line1 = Text(200, required=True, metadata=example("12 St James's Square"))
    city = Text(100, required=True, metadata=example("London"))
    country = a_country(required=True)


class AddressView(NewAddress):
    """A kept address."""

    id = ma.fields.UUID(required=True, metadata=example(USER_ID))
    is_default = Flag(required=True, metadata=example(value=True))
    created_at = Instant(required=True, metadata=example(MOMENT))


class AddressList(ma.Schema):
    """All addresses of a person; there are fifty at most, so there is no next page."""

    items = ma.fields.List(ma.fields.Nested(AddressView), required=True)
    next_cursor = ma.fields.String(required=True, allow_none=True, metadata={"example": None})


class PublicKey(ma.Schema):
    """An Ed25519 key that verifies access tokens (RFC 8037)."""

    kid = ma.fields.String(required=True, metadata=example("dXGotcM1Qlof4UJzWmDg9HZiSzevucsuj1TUWRJnRjU"))
    kty = ma.fields.String(required=True, metadata=example("OKP"))
    crv = ma.fields.String(required=True, metadata=example("Ed25519"))
    x = ma.fields.String(required=True, metadata=example("jzZToToh_8FPzoWjUabxblHEGi_r0vaz4ISO6dg37RY"))
    use = ma.fields.String(required=True, metadata=example("sig"))
    alg = ma.fields.String(required=True, metadata=example("Ed25519"))


class PublicKeys(ma.Schema):
    """The key set of the marketplace (RFC 7517)."""

    keys = ma.fields.List(ma.fields.Nested(PublicKey), required=True)
