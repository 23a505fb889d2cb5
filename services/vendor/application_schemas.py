"""The shapes of applications, their documents and their decisions."""

import re
from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.vendor.domain.applications import Status
from services.vendor.domain.audit import Action
from services.vendor.domain.documents import TAKEN
from shared.kit.examples import a_moment, a_text, an_id, shown
from shared.kit.paging import PageQuery
from shared.kit.shapes import WholeNumber

NAME = "Acme"
E_MAIL = "shop@acme.example"
ADDRESS = {
    "line1": "12 St James's Square",
    "line2": None,
    "city": "London",
    "region": None,
    "postal_code": "SW1Y 4LB",
    "country": "GB",
}


class Text(ma.fields.String):
    """A text without the spaces around it; an empty one is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not text and not self.allow_none:
            raise ma.ValidationError("Must not be empty.")
        return text or None

    def _validate(self, value: Any) -> None:
        """An empty text has become none, and none has nothing to check."""
        if value is not None:
            super()._validate(value)


def a_given(example: Any, length: int, description: str = "", **options: Any) -> Text:
    """A text that may be given."""
    checks = [validate.Length(max=length), *options.pop("checks", ())]
    options = {"allow_none": True, "load_default": None, **options}
    return Text(validate=checks, metadata=shown(example, description), **options)


def an_e_mail(description: str = "", **options: Any) -> ma.fields.String:
    """An e-mail address that may be given."""
    checks = [validate.Email(), validate.Length(max=254)]
    return a_given(E_MAIL, 254, description, checks=checks, **options)


def a_website(**options: Any) -> ma.fields.String:
    """An address on the web."""
    url = validate.URL(schemes={"http", "https"}, error="Must be a web address that begins with https:// or http://.")
    return a_given("https://acme.example", 300, checks=[url], **options)


def _telephone(number: str) -> None:
    """Judged after the spaces around it are gone, which a pattern in the document could not say."""
    if not re.fullmatch(r"\+?[0-9][0-9 ()/.-]{4,30}", number):
        raise ma.ValidationError("Must be a telephone number.")


def a_phone(**options: Any) -> ma.fields.String:
    """A telephone number as people write it."""
    return a_given("+44 20 7930 7705", 32, checks=[_telephone], **options)


class Address(ma.Schema):
    """Where a business is."""

    line1 = a_given("12 St James's Square", 120, required=True, allow_none=False, load_default=ma.missing)
    line2 = a_given(None, 120)
    city = a_given("London", 80, required=True, allow_none=False, load_default=ma.missing)
    region = a_given(None, 80)
    postal_code = a_given("SW1Y 4LB", 16)
    country = a_given(
        "GB",
        2,
        "ISO 3166-1 alpha-2.",
        required=True,
        allow_none=False,
        load_default=ma.missing,
        checks=[validate.Regexp(r"[A-Z]{2}\Z", error="Must be two capital letters.")],
    )


def an_address(**options: Any) -> ma.fields.Nested:
    """Where a business is, if given."""
    return ma.fields.Nested(Address, **{"load_default": None, "allow_none": True, **options})


class NewApplication(ma.Schema):
    """What an applicant says of their business; only its name is needed."""

    business_name = a_given(
        NAME, 80, "A number is added if somebody has it.", required=True, allow_none=False, load_default=ma.missing
    )
    business_email = an_e_mail("Without one, the account's own.")
    phone = a_phone()
    website = a_website()
    description = a_given("Anvils, and what goes with them.", 2000)
    tax_id = a_given("GB 123 4567 89", 40)
    address = an_address()


class DocumentView(ma.Schema):
    """A private document; ask for it by its id to get a link."""

    id = an_id()
    name = a_text("passport.pdf", "As it was called, with the ending that its content has.")
    media_type = a_text("application/pdf", "As told by the content.", validate=validate.OneOf(TAKEN))
    size = ma.fields.Integer(required=True, metadata=shown(48213, "In bytes."))
    uploaded_at = a_moment()


class DocumentLinkView(DocumentView):
    """A document with a link that is good for some minutes."""

    url = a_text(
        "http://localhost:8000/api/vendor/documents/019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21/content"
        "?expires=1795163400&signature=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        "Gives the file to whoever has it.",
    )
    expires_at = a_moment("When the link stops working.")


class DocumentName(ma.Schema):
    """What an uploaded file is called."""

    name = ma.fields.String(
        load_default=None, validate=validate.Length(max=255), metadata=shown("passport.pdf", "Its ending says nothing.")
    )


class LinkQuery(ma.Schema):
    """What a signed link carries."""

    expires = ma.fields.Integer(required=True, validate=validate.Range(0, 2**40), metadata=shown(1795163400))
    signature = ma.fields.String(required=True, validate=validate.Length(max=128), metadata=shown("2c26b46b68ff…"))


class Application(ma.Schema):
    """What an application says, and where it stands."""

    id = an_id()
    status = a_text("pending", validate=validate.OneOf(list(Status)))
    business_name = a_text(NAME)
    business_email = a_text(E_MAIL, "Null until identity's word has arrived.", allow_none=True)
    phone = a_text("+44 20 7930 7705", allow_none=True)
    website = a_text("https://acme.example", allow_none=True)
    description = a_text("Anvils, and what goes with them.", allow_none=True)
    tax_id = a_text("GB 123 4567 89", allow_none=True)
    address = ma.fields.Nested(Address, required=True, allow_none=True)
    submitted_at = a_moment()
    decided_at = a_moment(allow_none=True)
    reason = a_text(None, "Why it was rejected.", allow_none=True)
    vendor_id = an_id("The vendor that one is since it was approved.", allow_none=True)


class ApplicationView(Application):
    """One's newest application, and what it comes with."""

    documents = ma.fields.List(ma.fields.Nested(DocumentView), required=True)


class ApplicationItem(Application):
    """An application as admins see it in a list."""

    user_id = an_id("The applicant.")
    applicant_name = a_text("Ada Lovelace", allow_none=True)
    applicant_email = a_text("ada@example.org", allow_none=True)
    decided_by = an_id("The admin who decided, or who withdrew it.", allow_none=True)
    decided_by_name = a_text("Grace Hopper", allow_none=True)
    vendor_name = a_text("Acme 2", allow_none=True)
    vendor_slug = a_text("acme-2", allow_none=True)


class DeedView(ma.Schema):
    """One row of the audit trail."""

    id = an_id()
    at = a_moment()
    actor_id = an_id("Null for an operator at the command line, and for what follows from an event.", allow_none=True)
    actor_name = a_text("Grace Hopper", allow_none=True)
    actor_role = a_text("admin")
    address = a_text("203.0.113.7", "From where.", allow_none=True)
    correlation_id = a_text("019a9d3c2f007c1e8a553c7b1e0f9d21", "The request.")
    action = a_text("application.rejected", validate=validate.OneOf(list(Action)))
    subject_id = an_id("What it was done to.")
    user_id = an_id("Whom it concerns.", allow_none=True)
    vendor_id = an_id("Which vendor it concerns.", allow_none=True)
    before = ma.fields.Dict(required=True, allow_none=True, metadata=shown({"status": "pending"}))
    after = ma.fields.Dict(required=True, allow_none=True, metadata=shown({"status": "rejected"}))
    reason = a_text("The documents are not readable.", allow_none=True)


class ApplicationDetail(ApplicationItem):
    """An application with all that is known of it."""

    class Meta:
        exclude = ()

    documents = ma.fields.List(ma.fields.Nested(DocumentView), required=True)
    history = ma.fields.List(ma.fields.Nested(DeedView), required=True, metadata={"description": "Newest first."})
    others = ma.fields.List(ma.fields.Nested(ApplicationItem), required=True)


class ApplicationQuery(PageQuery):
    """A page of applications."""

    status = ma.fields.String(load_default=None, validate=validate.OneOf(list(Status)), metadata=shown("pending"))
    q = ma.fields.String(load_default=None, validate=validate.Length(max=100), metadata=shown("acme"))


class Approval(ma.Schema):
    """How an application is approved."""

    commission_bps = WholeNumber(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 10_000),
        metadata=shown(1200, "Basis points: 1200 is 12 %. Without it, the default rate, or a restored vendor's own."),
    )


class Reason(ma.Schema):
    """Why; whom it concerns reads it."""

    reason = a_given("The documents are not readable.", 500, required=True, allow_none=False, load_default=ma.missing)


class OptionalReason(ma.Schema):
    """Why, if there is something to say."""

    reason = a_given("All was cleared up.", 500)


class AuditQuery(PageQuery):
    """A page of the audit trail, of those acts alone that fit."""

    action = ma.fields.String(
        load_default=None, validate=validate.OneOf(list(Action)), metadata=shown("vendor.suspended")
    )
    actor_id = ma.fields.UUID(load_default=None)
    subject_id = ma.fields.UUID(load_default=None)
    user_id = ma.fields.UUID(load_default=None)
    vendor_id = ma.fields.UUID(load_default=None)
