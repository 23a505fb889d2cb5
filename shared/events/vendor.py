"""What vendor says: who may sell, and who is on whose customer list, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event, fact


@dataclass(frozen=True, kw_only=True)
class _OfVendor(Event):
    publisher: ClassVar[str] = "vendor"
    aggregate: ClassVar[str] = "vendor_id"

    vendor_id: UUID
    user_id: UUID


@fact
@dataclass(frozen=True, kw_only=True)
class VendorApproved(_OfVendor):
    """A user may sell under this name from now on; `commission_bps` is in basis points (1/100 of a percent)."""

    type: ClassVar[str] = "vendor.approved"

    name: str
    slug: str
    code: str
    commission_bps: int
    approved_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorSuspended(_OfVendor):
    """A vendor may not sell for now; products hide, mappings stay."""

    type: ClassVar[str] = "vendor.suspended"

    reason: str
    suspended_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorReactivated(_OfVendor):
    """A suspended vendor may sell again."""

    type: ClassVar[str] = "vendor.reactivated"

    reactivated_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorUpdated(_OfVendor):
    """A vendor is as it says here: `status` is `approved`, `suspended` or `deleted`.

    `commission_bps` (basis points) holds for orders placed from `commission_from` on, which may be yet to come.
    `shipping` is what they charge once for each part of an order, in minor units by currency; none where it is silent.
    """

    type: ClassVar[str] = "vendor.updated"

    name: str
    slug: str
    code: str
    status: str
    commission_bps: int
    commission_from: datetime
    updated_at: datetime
    shipping: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _OfApplication(Event):
    publisher: ClassVar[str] = "vendor"
    aggregate: ClassVar[str] = "application_id"

    application_id: UUID
    user_id: UUID
    business_name: str


@fact
@dataclass(frozen=True, kw_only=True)
class VendorApplicationSubmitted(_OfApplication):
    """Somebody asks to become a vendor; an admin is to decide. Without `business_email` the account's own is meant."""

    type: ClassVar[str] = "vendor_application.submitted"
    person = "user_id"
    personal = ("business_email",)

    business_email: str | None
    submitted_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorApplicationRejected(_OfApplication):
    """An admin declined; the applicant reads the reason and may apply again."""

    type: ClassVar[str] = "vendor_application.rejected"

    reason: str
    rejected_at: datetime


@dataclass(frozen=True, kw_only=True)
class _OfMapping(Event):
    publisher: ClassVar[str] = "vendor"
    aggregate: ClassVar[str] = "vendor_customer_id"

    vendor_customer_id: UUID
    vendor_id: UUID
    customer_id: UUID


@fact
@dataclass(frozen=True, kw_only=True)
class VendorCustomerLinked(_OfMapping):
    """A customer is on a vendor's list. `cause_id` is the registration or acceptance that brought them there."""

    type: ClassVar[str] = "vendor_customer.linked"

    invite_token_id: UUID | None
    source: str
    cause_id: UUID
    linked_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorCustomerUnlinked(_OfMapping):
    """A customer is no longer on a vendor's list; only a new invitation brings them back."""

    type: ClassVar[str] = "vendor_customer.unlinked"

    reason: str
    unlinked_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class VendorInviteRefused(Event):
    """A registration or acceptance carried a token that linked nobody; `reason` is the recorded outcome."""

    type: ClassVar[str] = "vendor_invite.refused"
    publisher: ClassVar[str] = "vendor"
    aggregate: ClassVar[str] = "customer_id"

    customer_id: UUID
    vendor_id: UUID | None
    invite_token_id: UUID | None
    reason: str
    source: str
    refused_at: datetime
