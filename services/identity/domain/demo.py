"""The people of the local demonstration, whose password the whole world knows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity.domain.emails import Email
from services.identity.models import User
from shared.kit.errors import Invalid

PEOPLE = ("admin@market.example", "vendor.a@market.example", "vendor.b@market.example", "customer@market.example")
PASSWORD = "demo-password-1"  # noqa: S105 - it is published


class DemoPeopleFound(Exception):
    """A database that has met the local demonstration must not serve in production."""


def people_in(session: Session) -> Sequence[str]:
    """The demonstration's accounts in this database."""
    found = session.scalars(select(User.email_key).where(User.email_key.in_(PEOPLE)).order_by(User.email_key))
    return [email for email in found if email]


def refuse_people(session: Session) -> None:
    """Raise `DemoPeopleFound`, with their names, if any of the demonstration's accounts is here."""
    if found := people_in(session):
        raise DemoPeopleFound(f"demonstration accounts must not exist in production: {', '.join(found)}")


class DemoPersonRefused(Invalid):
    """This e-mail belongs to the demonstration, which exists in local systems only."""


def refuse_person(email: Email, *, allowed: bool) -> None:
    """Refuse an account that would keep a production service from starting; `DemoPersonRefused`."""
    if email.key in PEOPLE and not allowed:
        raise DemoPersonRefused(fields={"email": "reserved"})
