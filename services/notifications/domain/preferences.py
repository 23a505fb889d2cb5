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
    return holds(kind, channel, _said(session, person).get((kind, channel)))


def holds(kind: Kind, channel: Channel, said: bool | None) -> bool:
    """What holds after what somebody has said, if they have said anything."""
    traits = TRAITS[kind]
    if channel in traits.locked:
        return True
    return traits.channels.get(channel, False) if said is None else said


def said_by(session: Session, people: Sequence[UUID]) -> dict[tuple[UUID, str, str], bool]:
    """What these people have said, by person, kind and channel."""
    rows = session.scalars(select(Preference).where(Preference.person_id.in_(people)))
    return {(row.person_id, row.kind, row.channel): row.enabled for row in rows}


def muted(session: Session, person: UUID) -> list[str]:
    """The kinds that somebody does not wish to see in the app."""
    said = _said(session, person)
    return [kind for kind in TRAITS if not holds(kind, Channel.IN_APP, said.get((kind, Channel.IN_APP)))]


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
                    "enabled": holds(kind, channel, said.get((kind, channel))),
                    "locked": channel in TRAITS[kind].locked,
                }
                for channel in TRAITS[kind].channels
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
    return {(kind, channel): enabled for (_, kind, channel), enabled in said_by(session, [person]).items()}
