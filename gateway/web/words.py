"""What outcomes and times are called on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Verdict:
    """An outcome as people read it: a short name, a tone, and a sentence for who was invited."""

    name: str
    tone: str
    told: str


OUTCOMES = {
    "linked": Verdict("On the list", "good", "You are on {vendor}’s list."),
    "already_linked": Verdict("Already on the list", "good", "You were on {vendor}’s list already."),
    "unknown_token": Verdict("Unknown link", "bad", "The link is not one that we know; it may have lost a letter."),
    "expired": Verdict("Expired link", "warn", "The link had expired."),
    "revoked": Verdict("Withdrawn link", "warn", "The link had been withdrawn by the vendor."),
    "exhausted": Verdict("Link used up", "warn", "The link had been used as often as it may be."),
    "vendor_not_approved": Verdict("Vendor not active", "warn", "The vendor is not active at the moment."),
}
UNHEARD = Verdict("Refused", "warn", "The invitation could not be used.")
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def verdict(outcome: str) -> Verdict:
    """The words for an outcome, also for one that came after this release."""
    return OUTCOMES.get(outcome, UNHEARD)


def told(outcome: str, vendor: str | None) -> str:
    """The sentence for who was invited."""
    return verdict(outcome).told.format(vendor=vendor or "the vendor")


def moment(text: str | None) -> datetime | None:
    """Read an RFC 3339 time."""
    return datetime.fromisoformat(text) if text else None


def ago(text: str | None, now: datetime | None = None) -> Markup:
    """How long ago something was, with the exact time for machines and for whoever points at it."""
    at = moment(text)
    if at is None:
        return Markup("")
    return _time(at, _distance((now or datetime.now(UTC)) - at, at))


def day(text: str | None) -> Markup:
    """The date of a time, in UTC."""
    at = moment(text)
    return _time(at, _date(at)) if at else Markup("")


def _distance(passed: timedelta, at: datetime) -> str:
    seconds = int(passed.total_seconds())
    if seconds >= 7 * 86_400:
        return _date(at)
    for name, size in UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def _date(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y}"


def _time(at: datetime, shown: str) -> Markup:
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        utc.isoformat(), f"{_date(at)}, {utc:%H:%M} UTC", escape(shown)
    )
