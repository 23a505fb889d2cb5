"""Addresses: where people have things sent to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.identity.domain import users
from services.identity.models import Address
from shared.kit.errors import NotFound, Refusal

MOST = 50
EMPTY: Mapping[str, Any] = {"line2": None, "region": None, "postal_code": None, "phone": None}


class TooManyAddresses(Refusal):
    """A person keeps fifty addresses at most."""

    title = "There are too many addresses"


def of(session: Session, user_id: UUID) -> Sequence[Address]:
    """A person's addresses, the default one first, then in the order they were added."""
    query = select(Address).where(Address.user_id == user_id)
    return session.scalars(query.order_by(Address.is_default.desc(), Address.id)).all()


def add(session: Session, user_id: UUID, given: Mapping[str, Any]) -> Address:
    """Keep another address; the first one is the default, whatever was asked."""
    users.present(session, user_id, lock=True)
    now, known = datetime.now(UTC), _count(session, user_id)
    if known >= MOST:
        raise TooManyAddresses(f"Remove one of the {MOST} before adding another.")
    address = Address(user_id=user_id, created_at=now, updated_at=now, **{**EMPTY, **given, "is_default": False})
    session.add(address)
    if given.get("is_default") or not known:
        _make_default(session, address)
    session.flush()
    return address


def _count(session: Session, user_id: UUID) -> int:
    return session.scalar(select(func.count()).select_from(Address).where(Address.user_id == user_id)) or 0


def change(session: Session, user_id: UUID, address_id: UUID, changes: Mapping[str, Any]) -> Address:
    """Change an address of this person.

    Making it the default unmakes the other; the default is never just switched off.
    """
    users.present(session, user_id, lock=True)
    address = _own(session, user_id, address_id)
    for field, value in changes.items():
        if field != "is_default":
            setattr(address, field, value)
    address.updated_at = datetime.now(UTC)
    if changes.get("is_default"):
        _make_default(session, address)
    return address


def remove(session: Session, user_id: UUID, address_id: UUID) -> None:
    """Forget an address; if it was the default, the oldest of the others becomes it."""
    users.present(session, user_id, lock=True)
    address = _own(session, user_id, address_id)
    session.delete(address)
    session.flush()
    others = of(session, user_id)
    if others and address.is_default:
        _make_default(session, others[0])


def _own(session: Session, user_id: UUID, address_id: UUID) -> Address:
    address = session.scalar(select(Address).where(Address.user_id == user_id, Address.id == address_id))
    if address is None:
        raise NotFound("You have no such address.")
    return address


def _make_default(session: Session, address: Address) -> None:
    session.flush()
    others = (Address.user_id == address.user_id, Address.id != address.id, Address.is_default)
    session.execute(update(Address).where(*others).values(is_default=False))
    address.is_default = True
    session.flush()
