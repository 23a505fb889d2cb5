"""The judgement of an invitation: a pure rule of what was known at the moment it was used.

    known? --> in time? --> not revoked? --> vendor approved then? --> not listed yet? --> a use left? --> linked

The first four depend on the moment of the claim alone, so that a replay decides the same. The last two depend on what
arrived before; what was decided is recorded, and the record is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Outcome(StrEnum):
    """What came of using an invitation; everything but `linked` is a refusal with its reason."""

    LINKED = "linked"
    ALREADY_LINKED = "already_linked"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a word, not a secret
    EXPIRED = "expired"
    REVOKED = "revoked"
    EXHAUSTED = "exhausted"
    VENDOR_NOT_APPROVED = "vendor_not_approved"


class Source(StrEnum):
    """How somebody used an invitation: registering through it, or accepting it with an account they had."""

    REGISTRATION = "registration"
    ACCEPTANCE = "acceptance"


@dataclass(frozen=True, slots=True)
class Invite:
    """What decides about an invite link."""

    id: UUID
    vendor_id: UUID
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    max_uses: int | None = None


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A vendor's status from a moment on."""

    since: datetime
    status: str


def decide(
    invite: Invite | None, at: datetime, *, history: Sequence[StatusChange], listed: bool = False, uses: int = 0
) -> Outcome:
    """Judge an invitation used at `at`. The order is the precedence: the first reason that holds is the one given.

    `history` is the vendor's, oldest first. Somebody already listed is told so even when no use is left, and takes
    none. A limit or a revocation at the very moment already holds.
    """
    if invite is None:
        return Outcome.UNKNOWN_TOKEN
    if invite.expires_at and invite.expires_at <= at:
        return Outcome.EXPIRED
    if invite.revoked_at and invite.revoked_at <= at:
        return Outcome.REVOKED
    if status_at(history, at) != "approved":
        return Outcome.VENDOR_NOT_APPROVED
    if listed:
        return Outcome.ALREADY_LINKED
    if invite.max_uses is not None and uses >= invite.max_uses:
        return Outcome.EXHAUSTED
    return Outcome.LINKED


def status_at(history: Sequence[StatusChange], at: datetime) -> str | None:
    """The status in force at a moment; None before the first one."""
    return next((change.status for change in reversed(history) if change.since <= at), None)
