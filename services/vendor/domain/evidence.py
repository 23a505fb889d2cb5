"""Gathering what decides about some claims: a handful of statements, however many claims there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.vendor.domain import mappings
from services.vendor.domain.claims import Claim, Evidence, Pair
from services.vendor.domain.invites import Invite, StatusChange

_INVITES = text("""
    SELECT token, id, vendor_id, expires_at, revoked_at, max_uses FROM vendor_invite_token
    WHERE token = ANY(CAST(:tokens AS text[]))
""")
_HISTORIES = text("""
    SELECT vendor_id, since, status FROM vendor_status
    WHERE vendor_id = ANY(CAST(:vendors AS uuid[])) ORDER BY vendor_id, version
""")
_HOLD = text("""
    SELECT id FROM vendor_invite_token WHERE id = ANY(CAST(:invites AS uuid[])) ORDER BY id FOR NO KEY UPDATE
""")
_USES = text("""
    SELECT invite_token_id, count(*) FROM invite_outcome
    WHERE outcome = 'linked' AND invite_token_id = ANY(CAST(:invites AS uuid[])) GROUP BY invite_token_id
""")


def gather(session: Session, claims: Sequence[Claim]) -> Evidence:
    """Read the links, their vendors' histories, the pairs and the uses; limited links stay locked until the commit."""
    found = invites(session, {claim.token for claim in claims})
    return Evidence(
        invites=found,
        histories=histories(session, {invite.vendor_id for invite in found.values()}),
        uses=_held_uses(session, [invite.id for invite in found.values() if invite.max_uses is not None]),
        listed=mappings.listed(session, _contested(claims, found)),
    )


def _contested(claims: Sequence[Claim], found: Mapping[str, Invite]) -> set[Pair]:
    """The pairs whose place must be known beforehand: a use may be taken, or two claims are about the same.

    For all others the unique pair decides when the row is written, which saves looking.
    """
    limited: set[Pair] = set()
    seen: set[Pair] = set()
    twice: set[Pair] = set()
    for claim in claims:
        if invite := found.get(claim.token):
            pair = (invite.vendor_id, claim.customer_id)
            (twice if pair in seen else seen).add(pair)
            if invite.max_uses is not None:
                limited.add(pair)
    return limited | twice


def invites(session: Session, tokens: Iterable[str]) -> dict[str, Invite]:
    """The links behind these tokens, by token."""
    rows = session.execute(_INVITES, {"tokens": list(tokens)})
    return {row[0]: Invite(*row[1:]) for row in rows}


def histories(session: Session, vendor_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[StatusChange]]:
    """The status changes of these vendors, oldest first."""
    changes: dict[UUID, list[StatusChange]] = defaultdict(list)
    for row in session.execute(_HISTORIES, {"vendors": _texts(vendor_ids)}):
        changes[row.vendor_id].append(StatusChange(row.since, row.status))
    return changes


def uses(session: Session, invite_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many each of these links has brought."""
    return {row[0]: row[1] for row in session.execute(_USES, {"invites": _texts(invite_ids)})}


def _held_uses(session: Session, invite_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Count only after the lock is had: whoever waited for it sees the use that was taken meanwhile."""
    if not invite_ids:
        return {}
    session.execute(_HOLD, {"invites": _texts(invite_ids)})
    return uses(session, invite_ids)


def _texts(ids: Iterable[UUID]) -> list[str]:
    return [str(identifier) for identifier in ids]
