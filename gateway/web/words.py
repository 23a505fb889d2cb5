"""What outcomes and standings are called on a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from gateway.web.formats import FILTERS as FORMATS
from gateway.web.formats import country, price
from gateway.web.languages import lazy_gettext
from gateway.web.said import knows, said


@dataclass(frozen=True)
class Verdict:
    """An outcome at a glance: a short name and its tone. The sentence about it is vendor's."""

    name: str
    tone: str


OUTCOMES = {
    "linked": Verdict(lazy_gettext("On the list"), "good"),
    "already_linked": Verdict(lazy_gettext("Already on the list"), "good"),
    "unknown_token": Verdict(lazy_gettext("Unknown link"), "bad"),
    "expired": Verdict(lazy_gettext("Expired link"), "warn"),
    "revoked": Verdict(lazy_gettext("Withdrawn link"), "warn"),
    "exhausted": Verdict(lazy_gettext("Link used up"), "warn"),
    "vendor_not_approved": Verdict(lazy_gettext("Vendor not active"), "warn"),
}
UNHEARD = Verdict(lazy_gettext("Refused"), "warn")
REMOVED = Verdict(lazy_gettext("No longer on the list"), "")
STANDINGS = {
    "pending": Verdict(lazy_gettext("Waiting for review"), "warn"),
    "waiting": Verdict(lazy_gettext("Waiting"), "warn"),
    "approved": Verdict(lazy_gettext("Approved"), "good"),
    "open": Verdict(lazy_gettext("Open"), "good"),
    "rejected": Verdict(lazy_gettext("Rejected"), "bad"),
    "withdrawn": Verdict(lazy_gettext("Withdrawn"), ""),
    "suspended": Verdict(lazy_gettext("Suspended"), "bad"),
    "deleted": Verdict(lazy_gettext("Deleted"), ""),
    "draft": Verdict(lazy_gettext("Draft"), ""),
    "active": Verdict(lazy_gettext("On sale"), "good"),
    "inactive": Verdict(lazy_gettext("Put away"), ""),
    "out_of_stock": Verdict(lazy_gettext("Out of stock"), "warn"),
    "checking": Verdict(lazy_gettext("Being checked"), "warn"),
    "ready": Verdict(lazy_gettext("Ready to apply"), "good"),
    "applying": Verdict(lazy_gettext("Being applied"), "warn"),
    "done": Verdict(lazy_gettext("Applied"), "good"),
    "failed": Verdict(lazy_gettext("Not usable"), "bad"),
}

HOPS = {
    "registered": lazy_gettext("Registered"),
    "token given": lazy_gettext("Token given"),
    "outbox": lazy_gettext("Outbox"),
    "published": lazy_gettext("Published"),
    "delivered": lazy_gettext("Delivered"),
    "handled": lazy_gettext("Handled"),
    "outcome": lazy_gettext("Outcome"),
    "row": lazy_gettext("Row on the list"),
    "announced": lazy_gettext("Announced"),
    "made": lazy_gettext("Made"),
    "expires": lazy_gettext("Expires"),
    "revoked": lazy_gettext("Revoked"),
    "registered with it": lazy_gettext("Registered with it"),
    "outcomes": lazy_gettext("Outcomes"),
    "vendor approved": lazy_gettext("Vendor approved"),
    "vendor suspended": lazy_gettext("Vendor suspended"),
    "vendor deleted": lazy_gettext("Vendor deleted"),
    "placed": lazy_gettext("Placed"),
    "decided": lazy_gettext("Decided"),
    "part": lazy_gettext("Part"),
    "accepted": lazy_gettext("Accepted"),
    "packed": lazy_gettext("Packed"),
    "shipped": lazy_gettext("Shipped"),
    "confirmed": lazy_gettext("Confirmed"),
    "rejected": lazy_gettext("Rejected"),
    "cancelled": lazy_gettext("Cancelled"),
}
"""The stops on a way. A service is called by its name."""
ROLES = {"customer": lazy_gettext("customer"), "vendor": lazy_gettext("vendor"), "admin": lazy_gettext("admin")}
AS_WHOM = {
    "customer": lazy_gettext("as customer"),
    "vendor": lazy_gettext("as vendor"),
    "admin": lazy_gettext("as admin"),
    "operator": lazy_gettext("as operator"),
    "system": lazy_gettext("as the system"),
}


def verdict(outcome: str, *, on_list: bool = True) -> Verdict:
    """The words for an outcome, also for one that came after this release."""
    found = OUTCOMES.get(outcome, UNHEARD)
    return found if on_list or found.tone != "good" else REMOVED


def standing(status: str) -> Verdict:
    """The words for where an application or a shop stands."""
    return STANDINGS.get(status) or Verdict(status.capitalize(), "")


def shown_of(sizes: Sequence[Mapping[str, Any]], width: int) -> Mapping[str, Any]:
    """The smallest size of a picture that is at least so wide, else the largest."""
    wide = [size for size in sizes if size["width"] >= width]
    return wide[-1] if wide else sizes[0]


def told(value: Any) -> str:
    """What a field of a product is or was: money with its currency, everything else as it is."""
    if isinstance(value, Mapping) and "amount" in value:
        return price(value)
    return "" if value is None else str(value)


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


def curly(text: str | None) -> str:
    """A service's sentence in the reader's language, with the apostrophes that pages are set in."""
    return said(text).replace("'", "’")


def in_english(text: str | None) -> Markup:
    """What marks a service's sentence for those who hear it, where it cannot be said in the reader's language."""
    return Markup("") if not text or knows(text) else Markup(' lang="en"')


def a_hop(name: str) -> str:
    """What a stop on a way is called."""
    return str(HOPS.get(name) or name[:1].upper() + name[1:])


def a_role(role: str) -> str:
    """What somebody is."""
    return str(ROLES.get(role, role))


def as_whom(role: str) -> str:
    """As what somebody did something."""
    return str(AS_WHOM.get(role, role))


def breakable(email: str | None) -> Markup:
    """An e-mail address that may be broken after its @ where a line is narrow."""
    return Markup("@<wbr>").join((email or "").split("@"))


FILTERS: dict[str, Callable[..., Any]] = {
    **FORMATS,
    **{
        said.__name__: said
        for said in (
            *(verdict, curly, in_english, breakable, standing, place, host),
            *(shown_of, told, a_role, as_whom, a_hop),
        )
    },
}
"""What templates can say."""
