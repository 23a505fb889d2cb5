"""What outcomes and times are called on a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from babel import Locale
from markupsafe import Markup, escape

from gateway.web.money import price


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
STANDINGS = {
    "pending": Verdict("Waiting for review", "warn"),
    "waiting": Verdict("Waiting", "warn"),
    "approved": Verdict("Approved", "good"),
    "open": Verdict("Open", "good"),
    "rejected": Verdict("Rejected", "bad"),
    "withdrawn": Verdict("Withdrawn", ""),
    "suspended": Verdict("Suspended", "bad"),
    "deleted": Verdict("Deleted", ""),
    "draft": Verdict("Draft", ""),
    "active": Verdict("On sale", "good"),
    "inactive": Verdict("Put away", ""),
    "out_of_stock": Verdict("Out of stock", "warn"),
    "checking": Verdict("Being checked", "warn"),
    "ready": Verdict("Ready to apply", "good"),
    "applying": Verdict("Being applied", "warn"),
    "done": Verdict("Applied", "good"),
    "failed": Verdict("Not usable", "bad"),
}
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def verdict(outcome: str, *, on_list: bool = True) -> Verdict:
    """The words for an outcome, also for one that came after this release."""
    found = OUTCOMES.get(outcome, UNHEARD)
    return found if on_list or found.tone != "good" else REMOVED


def standing(status: str) -> Verdict:
    """The words for where an application or a shop stands."""
    return STANDINGS.get(status) or Verdict(status.capitalize(), "")


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: `counted(1, "product")` is 1 product, of 1200 there are 1,200 products."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def shown_of(sizes: Sequence[Mapping[str, Any]], width: int) -> Mapping[str, Any]:
    """The smallest size of a picture that is at least so wide, else the largest."""
    wide = [size for size in sizes if size["width"] >= width]
    return wide[-1] if wide else sizes[0]


def told(value: Any) -> str:
    """What a field of a product is or was: money with its currency, everything else as it is."""
    if isinstance(value, Mapping) and "amount" in value:
        return price(value)
    return "" if value is None else str(value)


def percent(basis_points: int | None) -> str:
    """A rate: 1250 is 12.5 %."""
    return "" if basis_points is None else f"{basis_points / 100:g} %"


def weight(size: int) -> str:
    """How large a file is."""
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{max(1, round(size / 1024))} KB"


def country(code: str | None) -> str:
    """The English name of a country."""
    return str(Locale("en").territories.get(code or "", code or ""))


def place(address: Mapping[str, str | None] | None) -> list[str]:
    """An address as the lines of a letter."""
    if not address:
        return []
    town = " ".join(part for part in (address.get("postal_code"), address.get("city")) if part)
    lines = (address.get("line1"), address.get("line2"), town, address.get("region"), country(address.get("country")))
    return [line for line in lines if line]


def host(url: str) -> str:
    """A website as people say it."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


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


def clock(text: str | None) -> Markup:
    """The time of day to the millisecond, in UTC."""
    at = moment(text)
    return _time(at, f"{at.astimezone(UTC):%H:%M:%S.%f}"[:12]) if at else Markup("")


def lasting(seconds: float | None) -> str:
    """A duration as people read it."""
    if seconds is None:
        return ""
    if abs(seconds) < 1:
        return f"{round(seconds * 1000)} ms"
    return f"{seconds:.1f} s" if abs(seconds) < 120 else f"{seconds / 60:.0f} min"


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


FILTERS: dict[str, Callable[..., Any]] = {
    said.__name__: said
    for said in (
        *(ago, clock, day, lasting, verdict, curly, breakable, standing, percent, weight, place, country, host),
        *(price, counted, shown_of, told),
    )
}
"""What templates can say."""
