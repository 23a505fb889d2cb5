"""What became of an invitation, in words: the same ones on every page, in the API and in an explanation."""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.vendor.domain.invites import Outcome, Source

_TO_THE_CUSTOMER = {
    Outcome.LINKED: "You are on {vendor}'s customer list, as of {at}.",
    Outcome.ALREADY_LINKED: "You were already on {vendor}'s customer list when you {used} on {at}.",
    Outcome.UNKNOWN_TOKEN: "Nobody made the invitation that you used when you {used} on {at}.",
    Outcome.EXPIRED: "{vendor}'s invitation had expired on {expired} when you {used} on {at}.",
    Outcome.REVOKED: "{vendor} had withdrawn the invitation on {revoked} when you {used} on {at}.",
    Outcome.EXHAUSTED: "{vendor}'s invitation had been used as often as it may be when you {used} on {at}.",
    Outcome.VENDOR_NOT_APPROVED: "{vendor} was not open for customers when you {used} on {at}.",
}
_TO_THE_VENDOR = {
    Outcome.LINKED: "{customer} came onto your list on {at}.",
    Outcome.ALREADY_LINKED: "{customer} was already on your list when they {used} on {at}.",
    Outcome.UNKNOWN_TOKEN: "{customer} {used} on {at} with an invitation that nobody made.",
    Outcome.EXPIRED: "{customer} {used} on {at}, after the invitation had expired on {expired}.",
    Outcome.REVOKED: "{customer} {used} on {at}, after you had withdrawn the invitation on {revoked}.",
    Outcome.EXHAUSTED: "{customer} {used} on {at}, when the invitation had been used as often as it may be.",
    Outcome.VENDOR_NOT_APPROVED: "{customer} {used} on {at}, when you were not open for customers.",
}
_TO_A_VISITOR = {
    Outcome.LINKED: "{vendor} invites you.",
    Outcome.UNKNOWN_TOKEN: "This invitation is not known. Ask for the link again; it may have been cut short.",
    Outcome.EXPIRED: "{vendor}'s invitation expired on {expired}.",
    Outcome.REVOKED: "{vendor} has withdrawn this invitation.",
    Outcome.EXHAUSTED: "{vendor}'s invitation has been used as often as it may be.",
    Outcome.VENDOR_NOT_APPROVED: "{vendor} is not open for customers at present.",
}
_TO_A_DEVELOPER = {
    Outcome.LINKED: "{customer} is on {vendor}'s list: {used} at {moment} with a link that was good.",
    Outcome.ALREADY_LINKED: "{customer} was on {vendor}'s list already when they {used} at {moment}.",
    Outcome.UNKNOWN_TOKEN: "{customer} {used} at {moment} with a token that no link of any vendor has.",
    Outcome.EXPIRED: "{customer} {used} at {moment}; {vendor}'s link had expired at {expiry}.",
    Outcome.REVOKED: "{customer} {used} at {moment}; {vendor} had revoked the link at {revocation}.",
    Outcome.EXHAUSTED: "{customer} {used} at {moment}, when {vendor}'s link had no use left.",
    Outcome.VENDOR_NOT_APPROVED: "{customer} {used} at {moment}, when {vendor} was not approved.",
}
_GONE = "You came onto {vendor}'s customer list on {at} and are no longer on it."
_USED = {Source.REGISTRATION: "registered", Source.ACCEPTANCE: "accepted it"}
_USED_BY_OTHERS = {Source.REGISTRATION: "registered", Source.ACCEPTANCE: "accepted"}


@dataclass(frozen=True, kw_only=True)
class Story:
    """What a sentence is made of; moments in UTC."""

    outcome: Outcome
    at: datetime
    source: Source = Source.REGISTRATION
    vendor: str | None = None
    customer: str | None = None
    expired: datetime | None = None
    revoked: datetime | None = None
    still_listed: bool = True


def to_the_customer(story: Story) -> str:
    """Tell somebody what became of the invitation they used."""
    gone = story.outcome is Outcome.LINKED and not story.still_listed
    return _fill(_GONE if gone else _TO_THE_CUSTOMER[story.outcome], story, _USED)


def to_the_vendor(story: Story) -> str:
    """Tell a vendor what became of somebody who used their invitation."""
    return _fill(_TO_THE_VENDOR[story.outcome], story, _USED_BY_OTHERS)


def to_a_developer(story: Story) -> str:
    """Tell somebody who looks for a mapping what was decided, to the second."""
    return _fill(_TO_A_DEVELOPER[story.outcome], story, _USED_BY_OTHERS)


def to_a_visitor(story: Story) -> str:
    """Tell somebody who opens a link what would become of it now."""
    return _fill(_TO_A_VISITOR[story.outcome], story, _USED)


def _fill(template: str, story: Story, used: dict[Source, str]) -> str:
    return template.format(
        vendor=story.vendor or "the vendor",
        customer=story.customer or "Somebody",
        used=used[story.source],
        at=_day(story.at),
        expired=_day(story.expired),
        moment=_second(story.at),
        expiry=_second(story.expired),
        revocation=_second(story.revoked),
        revoked=_day(story.revoked),
    )


def _second(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "some time"


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%-d %B %Y}" if moment else "an earlier day"
