"""What identity says: who exists, under which name, and who has left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event, fact


@dataclass(frozen=True, kw_only=True)
class _OfCustomer(Event):
    publisher: ClassVar[str] = "identity"
    aggregate: ClassVar[str] = "customer_id"

    customer_id: UUID


@fact
@dataclass(frozen=True, kw_only=True)
class CustomerCreated(_OfCustomer):
    """An account exists. Identity never reads `metadata.invite_token`; vendor does, as of `registered_at`.

    `role` is what the account was made with: `customer`, `vendor` or `admin`.
    """

    type: ClassVar[str] = "customer.created"
    personal = ("email", "name", "metadata.invite_token")

    email: str
    name: str
    locale: str
    registered_at: datetime
    metadata: Mapping[str, str]
    role: str = "customer"


@fact
@dataclass(frozen=True, kw_only=True)
class CustomerUpdated(_OfCustomer):
    """A person changed what others may show of them; the whole present state, not a difference.

    Without `role` it is what it was said to be before.
    """

    type: ClassVar[str] = "customer.updated"
    personal = ("email", "name")

    email: str
    name: str
    locale: str
    updated_at: datetime
    role: str | None = None


@fact
@dataclass(frozen=True, kw_only=True)
class PasswordResetRequested(Event):
    """Somebody has forgotten their password, and a link is to reach them by mail before `expires_at`.

    What the link holds is in no event: whoever sends it asks identity for it, at that moment (docs/adr/0014).
    """

    type: ClassVar[str] = "password_reset.requested"
    publisher: ClassVar[str] = "identity"
    aggregate: ClassVar[str] = "reset_id"

    reset_id: UUID
    customer_id: UUID
    requested_at: datetime
    expires_at: datetime


@fact
@dataclass(frozen=True, kw_only=True)
class CustomerErased(_OfCustomer):
    """A person left; whoever keeps a copy of their name or e-mail forgets it."""

    type: ClassVar[str] = "customer.erased"

    erased_at: datetime
