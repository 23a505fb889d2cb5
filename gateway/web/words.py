"""What outcomes and times are called on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Verdict:
    """An outcome at a glance: a short name and its tone. The sentence about it is vendor's."""

    name: str
    tone: str


OUTCOMES = {
    "linked": Verdict("On the list", "good"),
    "already_linked": Verdict("Already on the list", "good"),
    "unknown_token": Verdict("Unknown link", "bad"),
    "expired": Verdict("Expired link", "warn"),
    "revoked": Verdict("Withdrawn link", "warn"),
    "exhausted": Verdict("Link used up", "warn"),
    "vendor_not_approved": Verdict("Vendor not active", "warn"),
}
UNHEARD = Verdict("Refused", "warn")
REMOVED = Verdict("No longer on the list", "")
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def verdict(outcome: str, *, on_list: bool = True) -> Verdict:
    """The words for an outcome, also for one that came after this release."""
    found = OUTCOMES.get(outcome, UNHEARD)
    return found if on_list or found.tone != "good" else REMOVED


def curly(text: str) -> str:
    """A service's sentence with the apostrophes that pages are set in."""
    return text.replace("'", "’")


def breakable(email: str | None) -> Markup:
    """An e-mail address that may be broken after its @ where a line is narrow."""
    return Markup("@<wbr>").join((email or "").split("@"))


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
