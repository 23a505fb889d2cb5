"""The tables: vendors, invite links, customer lists, and the recorded facts that the lists are made of.

`invite_outcome` and `vendor_customer_removal` are facts and are never rewritten; `vendor_customer` is what they add up
to, and `customer` is identity's word on names. Both of these can be emptied and made again, byte for byte (see
`domain/mappings.py`). They carry no foreign keys: a fact must be recorded even when what it speaks of has not arrived.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, MetaData, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit import database
from shared.kit.audit import Audited

APPEND_ONLY = "append-only: the role of the service may insert and read, nobody changes a row"
"""The comment by which `migrate` knows what it may not let the service change."""


OPTIONAL = JSONB(none_as_null=True)
"""JSON that may be missing: nothing is SQL's NULL, not the word `null`."""


class Base(database.Base):
    """The tables of this service, apart from those of any other that a test may load beside it."""

    __abstract__ = True
    metadata = MetaData(naming_convention=database.NAMING)


class Vendor(Base):
    """Somebody who may sell. One for each user, apart from deleted ones; name, slug and code are unique for ever.

    `wanted_name` is what they applied as, before a number was added. `commission_bps` is the rate of the last change
    that has taken effect when it was made; `vendor_commission` says which holds at a moment.
    """

    __tablename__ = "vendor"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    name: Mapped[str]
    slug: Mapped[str]
    code: Mapped[str]
    wanted_name: Mapped[str | None]
    status: Mapped[str]
    commission_bps: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class VendorStatus(Base):
    """What a vendor's status became at which moment, so that the status of a past moment can be asked."""

    __tablename__ = "vendor_status"

    vendor_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    status: Mapped[str]
    since: Mapped[datetime]
    reason: Mapped[str | None]


class VendorInviteToken(Base):
    """An invite link of a vendor; without `max_uses` it is for as many as come."""

    __tablename__ = "vendor_invite_token"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vendor_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"))
    token: Mapped[str]
    label: Mapped[str | None]
    max_uses: Mapped[int | None] = mapped_column(BigInteger)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class VendorCustomer(Base):
    """A customer on a vendor's list; the pair is unique, a removed pair keeps its row and its id.

    `created_at` is when they first came, `linked_at` when they last came, `event_id` what brought them then.
    """

    __tablename__ = "vendor_customer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vendor_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    invite_token_id: Mapped[UUID | None]
    source: Mapped[str]
    event_id: Mapped[UUID]
    created_at: Mapped[datetime]
    linked_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(BigInteger)


class VendorCustomerRemoval(Base):
    """The fact that somebody was taken off a list, kept so that a rebuild leaves them off."""

    __tablename__ = "vendor_customer_removal"

    vendor_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    removed_at: Mapped[datetime] = mapped_column(primary_key=True)
    reason: Mapped[str]


class InviteOutcome(Base):
    """What came of one use of a token: one row for every registration that carried one, and for every acceptance.

    `occurred_at` is the event's time. `decided_at` is the clock's at the first decision; like the outcome itself it is
    a recorded fact that redelivery, replay and rebuild keep, and nothing else is derived from it.
    """

    __tablename__ = "invite_outcome"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    token: Mapped[str]
    vendor_id: Mapped[UUID | None]
    invite_token_id: Mapped[UUID | None]
    vendor_customer_id: Mapped[UUID | None]
    source: Mapped[str]
    outcome: Mapped[str]
    occurred_at: Mapped[datetime]
    decided_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Customer(Base):
    """Identity's word on a person, kept locally; the erased keep a nameless row so that late events change nothing."""

    __tablename__ = "customer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    name: Mapped[str | None]
    version: Mapped[int] = mapped_column(BigInteger)
    erased_at: Mapped[datetime | None]


class VendorApplication(Base):
    """What somebody who wants to sell says of their business; a user has at most one that is undecided.

    Without a `business_email` their own is meant, as identity tells it.
    """

    __tablename__ = "vendor_application"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    business_name: Mapped[str]
    business_email: Mapped[str | None]
    phone: Mapped[str | None]
    website: Mapped[str | None]
    description: Mapped[str | None]
    tax_id: Mapped[str | None]
    address: Mapped[dict[str, Any] | None] = mapped_column(OPTIONAL)
    status: Mapped[str]
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[str | None]
    vendor_id: Mapped[UUID | None] = mapped_column(ForeignKey("vendor.id"))
    version: Mapped[int] = mapped_column(BigInteger)


class VendorDocument(Base):
    """A private file that proves who somebody is; it is the user's, and every application of theirs shows it."""

    __tablename__ = "vendor_document"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    uploaded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class VendorProfile(Base):
    """How a vendor presents themselves; bank details are encrypted, `bank_masked` is what may be shown of them.

    `logo` and `banner` are digests of the uploaded image: the files made of it are named after it. `shipping` is what
    they charge for each part of an order, in minor units by currency; `shown` names what of the contact is on the
    storefront.
    """

    __tablename__ = "vendor_profile"

    vendor_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    description: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    website: Mapped[str | None]
    address: Mapped[dict[str, Any] | None] = mapped_column(OPTIONAL)
    shown: Mapped[list[str]] = mapped_column(ARRAY(Text), default=lambda: ["website", "city"])
    bank_sealed: Mapped[bytes | None]
    bank_masked: Mapped[dict[str, Any] | None] = mapped_column(OPTIONAL)
    logo: Mapped[str | None]
    banner: Mapped[str | None]
    shipping: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    updated_at: Mapped[datetime]


class VendorCommission(Base):
    """A rate in basis points that holds from a moment on, until a later one does; of one moment the last set wins."""

    __tablename__ = "vendor_commission"

    vendor_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    commission_bps: Mapped[int] = mapped_column(BigInteger)
    effective_from: Mapped[datetime]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None]
    reason: Mapped[str | None]


class AuditEntry(Audited, Base):
    """Who did what, when, from which address, what was before and after, and why. The database refuses to change one.

    `subject_id` is what it was done to; `user_id` and `vendor_id` are whom it concerns.
    """

    __tablename__ = "audit_entry"
    __table_args__ = {"comment": APPEND_ONLY}

    user_id: Mapped[UUID | None]
    vendor_id: Mapped[UUID | None]
    reason: Mapped[str | None]
