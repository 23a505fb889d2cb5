"""Claims: somebody used a token; and the judgement of many at once, as if they had come one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.vendor.domain.invites import Invite, Outcome, Source, StatusChange, decide
from shared.events.envelope import Envelope

Pair = tuple[UUID, UUID]


class Claim(NamedTuple):
    """A customer used a token at a moment; `event_id` is the registration's, or the acceptance's own."""

    event_id: UUID
    customer_id: UUID
    token: str
    at: datetime
    source: Source
    cause: Envelope[Any] | None = None


class Decision(NamedTuple):
    """What came of a claim; a linked one has its place on the list."""

    claim: Claim
    outcome: Outcome
    invite: Invite | None
    vendor_customer_id: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the tokens, vendors and pairs that some claims name, as far as a judgement needs it.

    `listed` holds pairs that have a row, and when they were taken off if they were; `uses` counts limited links only.
    """

    invites: dict[str, Invite]
    histories: Mapping[UUID, Sequence[StatusChange]]
    listed: dict[Pair, datetime | None]
    uses: dict[UUID, int] = field(default_factory=dict)

    def is_listed(self, pair: Pair, at: datetime) -> bool:
        """Whether a pair's place stands at a moment: nobody taken off later than that comes back by it."""
        if pair not in self.listed:
            return False
        removed_at = self.listed[pair]
        return removed_at is None or removed_at >= at

    def take(self, invite: Invite, pair: Pair) -> None:
        """Let the next claim see that this one was linked."""
        self.listed[pair] = None
        self.uses[invite.id] = self.uses.get(invite.id, 0) + 1


def judge(claims: Iterable[Claim], evidence: Evidence) -> list[Decision]:
    """Decide claims in the order of their moments: of those that arrive together, the earliest takes the last use."""
    return [_judge(claim, evidence) for claim in sorted(claims, key=lambda claim: (claim.at, claim.event_id.int))]


def _judge(claim: Claim, evidence: Evidence) -> Decision:
    invite = evidence.invites.get(claim.token)
    if invite is None:
        return Decision(claim, Outcome.UNKNOWN_TOKEN, None)
    pair = (invite.vendor_id, claim.customer_id)
    outcome = decide(
        invite,
        claim.at,
        history=evidence.histories.get(invite.vendor_id, ()),
        listed=evidence.is_listed(pair, claim.at),
        uses=evidence.uses.get(invite.id, 0),
    )
    if outcome is Outcome.LINKED:
        evidence.take(invite, pair)
    return Decision(claim, outcome, invite)
