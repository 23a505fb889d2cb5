"""What people wish to hear, and how: kinds and channels that they have switched off or on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from services.notifications.domain.kinds import TRAITS, Channel, Kind, heard_by
from services.notifications.models import Preference
from shared.kit.errors import Invalid
from shared.kit.rowsets import rowset

_WISH = text("""
    INSERT INTO preference (person_id, kind, channel, enabled, changed_at)
    SELECT :person, kind, channel, enabled, :now
    FROM json_to_recordset(CAST(:rows AS json)) AS wish(kind text, channel text, enabled boolean)
    ON CONFLICT (person_id, kind, channel) DO UPDATE SET enabled = excluded.enabled, changed_at = excluded.changed_at
""")
Wish = tuple[Kind, Channel, bool]


class CannotBeSwitchedOff(Invalid):
    """This has to be told, whatever is wished."""


def wanted(session: Session, person: UUID, kind: Kind, channel: Channel) -> bool:
    """Whether somebody wishes to hear this kind by this channel."""
    traits = TRAITS[kind]
    if channel in traits.locked:
        return True
    said = session.scalar(
        select(Preference.enabled).where(
            Preference.person_id == person, Preference.kind == kind, Preference.channel == channel
        )
    )
    return traits.channels[channel] if said is None else said


def muted(session: Session, person: UUID) -> list[str]:
    """The kinds that somebody does not wish to see in the app."""
    said = _said(session, person)
    return [
        kind
        for kind, traits in TRAITS.items()
        if Channel.IN_APP not in traits.locked
        and not said.get((kind, Channel.IN_APP), traits.channels.get(Channel.IN_APP, False))
    ]


def shown(session: Session, person: UUID, role: str) -> list[dict[str, Any]]:
    """Every kind that somebody of this role may hear, and what holds for each of its channels."""
    said = _said(session, person)
    return [
        {
            "kind": kind,
            "audience": TRAITS[kind].audience,
            "channels": [
                {
                    "channel": channel,
                    "enabled": channel in TRAITS[kind].locked or said.get((kind, channel), default),
                    "locked": channel in TRAITS[kind].locked,
                }
                for channel, default in TRAITS[kind].channels.items()
            ],
            "why": TRAITS[kind].why,
        }
        for kind in heard_by(role)
    ]


def wish(session: Session, person: UUID, role: str, wishes: Sequence[Wish], now: datetime) -> None:
    """Note what somebody wishes; what is not named stays. Raises `CannotBeSwitchedOff`, or `Invalid` naming the fields.

    Of two wishes about the same, the later counts.
    """
    may = set(heard_by(role))
    for number, (kind, channel, enabled) in enumerate(wishes):
        if kind not in may or channel not in TRAITS[kind].channels:
            raise Invalid(fields={f"items.{number}.channel": "There is no such kind for you, or not by this channel."})
        if channel in TRAITS[kind].locked and not enabled:
            raise CannotBeSwitchedOff(TRAITS[kind].why or "", fields={f"items.{number}.enabled": "Must stay on."})
    newest = {(kind, channel): enabled for kind, channel, enabled in wishes}
    _write(session, person, newest, now)


def switch_off(session: Session, person: UUID, kind: Kind, channel: Channel, now: datetime) -> None:
    """Switch one kind off for somebody, as the link in a mail does; twice is once."""
    _write(session, person, {(kind, channel): False}, now)


def forget(session: Session, person: UUID) -> None:
    """Forget what somebody wished who has left."""
    session.execute(delete(Preference).where(Preference.person_id == person))


def _write(session: Session, person: UUID, wishes: dict[tuple[Kind, Channel], bool], now: datetime) -> None:
    rows: Iterable[dict[str, Any]] = (
        {"kind": kind, "channel": channel, "enabled": enabled} for (kind, channel), enabled in wishes.items()
    )
    session.execute(_WISH, {**rowset(rows), "person": person, "now": now})


def _said(session: Session, person: UUID) -> dict[tuple[str, str], bool]:
    rows = session.scalars(select(Preference).where(Preference.person_id == person))
    return {(row.kind, row.channel): row.enabled for row in rows}
