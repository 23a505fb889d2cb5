"""What people can be told: each kind with who hears it, by which channels, where it leads, and who may not refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    """How somebody is told."""

    EMAIL = "email"
    IN_APP = "in_app"


class Audience(StrEnum):
    """In which of their parts somebody is told."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    ADMIN = "admin"


class Kind(StrEnum):
    """What somebody is told; the name of a folder of templates."""

    APPLICATION_SUBMITTED = "application_submitted"
    APPLICATION_APPROVED = "application_approved"
    APPLICATION_REJECTED = "application_rejected"
    VENDOR_SUSPENDED = "vendor_suspended"
    VENDOR_REACTIVATED = "vendor_reactivated"
    CUSTOMER_JOINED = "customer_joined"
    INVITATION_REFUSED = "invitation_refused"
    INVITATION_REFUSED_VENDOR = "invitation_refused_vendor"
    ORDER_PLACED = "order_placed"
    ORDER_CONFIRMED = "order_confirmed"
    ORDER_REJECTED = "order_rejected"
    ORDER_CANCELLED = "order_cancelled"
    PART_ACCEPTED = "part_accepted"
    PART_PACKED = "part_packed"
    PART_SHIPPED = "part_shipped"
    PART_DELIVERED = "part_delivered"
    PART_REJECTED = "part_rejected"
    PART_CANCELLED = "part_cancelled"
    VENDOR_ORDER_NEW = "vendor_order_new"
    VENDOR_ORDER_CANCELLED = "vendor_order_cancelled"
    STOCK_LOW = "stock_low"
    STOCK_LOW_MARKETPLACE = "stock_low_marketplace"
    DELIVERY_FAILED = "delivery_failed"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - what is told, not a password


@dataclass(frozen=True)
class Traits:
    """What holds for a kind: `channels` says of each that it has whether it is on where nobody has said otherwise.

    `link` is the page that it is about, made of the message's params. `locked` channels cannot be switched off, and
    `why` says why that is. What is `unfinished` lacks something secret, which its owner is asked for when it is sent.
    """

    audience: Audience
    channels: Mapping[Channel, bool]
    link: str
    locked: frozenset[Channel] = frozenset()
    why: str | None = None
    unfinished: bool = False


EMAIL, IN_APP = Channel.EMAIL, Channel.IN_APP
BOTH = {EMAIL: True, IN_APP: True}
QUIET = {EMAIL: False, IN_APP: True}
HERE = {IN_APP: True}
ORDER, PART = "/orders/{order_id}", "/vendor/orders/{vendor_order_id}"
STANDING = "It decides whether you may sell, so you have to hear of it."
ASKED = "It comes only when you have asked for it, and without it nobody could get back in."
DUTY = "Somebody has to look after it: it is the admins' work."

TRAITS: Mapping[Kind, Traits] = {
    Kind.APPLICATION_SUBMITTED: Traits(
        Audience.ADMIN, BOTH, "/admin/vendors/applications/{application_id}", frozenset({IN_APP}), DUTY
    ),
    Kind.APPLICATION_APPROVED: Traits(Audience.CUSTOMER, BOTH, "/vendor/dashboard", frozenset(BOTH), STANDING),
    Kind.APPLICATION_REJECTED: Traits(Audience.CUSTOMER, BOTH, "/vendor/apply", frozenset(BOTH), STANDING),
    Kind.VENDOR_SUSPENDED: Traits(Audience.VENDOR, BOTH, "/vendor/dashboard", frozenset(BOTH), STANDING),
    Kind.VENDOR_REACTIVATED: Traits(Audience.VENDOR, BOTH, "/vendor/dashboard", frozenset(BOTH), STANDING),
    Kind.CUSTOMER_JOINED: Traits(Audience.VENDOR, BOTH, "/vendor/customers"),
    Kind.INVITATION_REFUSED: Traits(Audience.CUSTOMER, BOTH, "/profile"),
    Kind.INVITATION_REFUSED_VENDOR: Traits(Audience.VENDOR, BOTH, "/vendor/invites"),
    Kind.ORDER_PLACED: Traits(Audience.CUSTOMER, HERE, ORDER),
    Kind.ORDER_CONFIRMED: Traits(Audience.CUSTOMER, BOTH, ORDER),
    Kind.ORDER_REJECTED: Traits(Audience.CUSTOMER, BOTH, ORDER),
    Kind.ORDER_CANCELLED: Traits(Audience.CUSTOMER, BOTH, ORDER),
    Kind.PART_ACCEPTED: Traits(Audience.CUSTOMER, QUIET, ORDER),
    Kind.PART_PACKED: Traits(Audience.CUSTOMER, QUIET, ORDER),
    Kind.PART_SHIPPED: Traits(Audience.CUSTOMER, BOTH, ORDER),
    Kind.PART_DELIVERED: Traits(Audience.CUSTOMER, BOTH, ORDER),
    Kind.PART_REJECTED: Traits(Audience.CUSTOMER, BOTH, ORDER),
    Kind.PART_CANCELLED: Traits(Audience.CUSTOMER, BOTH, ORDER),
    Kind.VENDOR_ORDER_NEW: Traits(Audience.VENDOR, BOTH, PART),
    Kind.VENDOR_ORDER_CANCELLED: Traits(Audience.VENDOR, BOTH, PART),
    Kind.STOCK_LOW: Traits(Audience.VENDOR, BOTH, "/vendor/products/{product_id}/edit"),
    Kind.STOCK_LOW_MARKETPLACE: Traits(Audience.ADMIN, BOTH, "/notifications"),
    Kind.DELIVERY_FAILED: Traits(Audience.ADMIN, HERE, "/admin/deliveries", frozenset({IN_APP}), DUTY),
    Kind.PASSWORD_RESET: Traits(
        Audience.CUSTOMER, {EMAIL: True}, "/password/reset?code={code}", frozenset({EMAIL}), ASKED, unfinished=True
    ),
}

AUDIENCES = {
    "customer": frozenset({Audience.CUSTOMER}),
    "vendor": frozenset({Audience.CUSTOMER, Audience.VENDOR}),
    "admin": frozenset({Audience.ADMIN}),
}
"""What somebody of a role may be told."""


def heard_by(role: str) -> list[Kind]:
    """The kinds that somebody of this role may be told, in the order in which they are shown."""
    return [kind for kind, traits in TRAITS.items() if traits.audience in AUDIENCES[role]]


def goes_out(kind: Kind) -> bool:
    """Whether a message of this kind leaves the system, if its recipient wishes it."""
    return Channel.EMAIL in TRAITS[kind].channels


def is_listed(kind: Kind) -> bool:
    """Whether a message of this kind stands in the app."""
    return Channel.IN_APP in TRAITS[kind].channels


def subjects(params: Mapping[str, Any]) -> dict[str, str]:
    """The ids of what a message is about, by name."""
    return {name: str(value) for name, value in params.items() if name.endswith("_id") and value is not None}


def link_of(kind: Kind, params: Mapping[str, Any]) -> str:
    """The path of the page that a message is about."""
    return TRAITS[kind].link.format(**params)
