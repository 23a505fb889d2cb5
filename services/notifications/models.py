"""The tables: what people were told, what is to be delivered, what they wish for, and replicas of who they are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, MetaData
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit import database
from shared.kit.audit import Audited

APPEND_ONLY = "append-only: the role of the service may insert and read, nobody changes a row"
"""The comment by which `migrate` knows what it may not let the service change."""


class Base(database.Base):
    """The tables of this service, apart from those of any other that a test may load beside it."""

    __abstract__ = True
    metadata = MetaData(naming_convention=database.NAMING)


class Person(Base):
    """Identity's newest word on somebody; who has left keeps a nameless row, so that late news change nothing.

    `since` is the earliest moment that anything was said of them: an admin hears of what came after it.
    """

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    name: Mapped[str | None]
    locale: Mapped[str | None]
    role: Mapped[str]
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(BigInteger)
    erased_at: Mapped[datetime | None]


class Vendor(Base):
    """Vendor's newest word on a shop: whose it is and what it is called, the latter at the version `described`."""

    __tablename__ = "vendor"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    name: Mapped[str | None]
    slug: Mapped[str | None]
    described: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)


class Message(Base):
    """That somebody was told something, once for each event, person and kind; its id is derived from these three.

    `params` are the event's own facts without what is personal: names are looked up when it is read. `arrived_at` and
    `read_at` are the clock's.
    """

    __tablename__ = "message"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    kind: Mapped[str]
    recipient_id: Mapped[UUID]
    aggregate_id: Mapped[UUID]
    params: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    correlation_id: Mapped[str]
    arrived_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class PurgedMessage(Base):
    """A message that was read and is old: its id stays, so that no replay brings it back."""

    __tablename__ = "purged_message"

    id: Mapped[UUID] = mapped_column(primary_key=True)


class Unaddressed(Base):
    """What is for the owner of a shop of which nothing is known yet: its events may come before the shop's own."""

    __tablename__ = "unaddressed"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    vendor_id: Mapped[UUID]
    aggregate_id: Mapped[UUID]
    params: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    correlation_id: Mapped[str]
    arrived_at: Mapped[datetime]


class Delivery(Base):
    """That a message is to leave this system by a channel, and how far it is; its id is derived from both.

    No address is kept: where it goes is looked up when it is sent. `claimed_by` is the dispatcher that has it in hand.
    `failures` counts how often it was given up. `asked_at` is when it was first to be sent: the moment of its event, or
    of an admin's asking for it again.
    """

    __tablename__ = "delivery"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID]
    event_id: Mapped[UUID]
    recipient_id: Mapped[UUID]
    kind: Mapped[str]
    channel: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    failures: Mapped[int]
    occurred_at: Mapped[datetime]
    correlation_id: Mapped[str]
    asked_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    claimed_by: Mapped[int | None] = mapped_column(BigInteger)
    handed_over_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


class Preference(Base):
    """What somebody has said about a kind and a channel; where nothing is said, the kind's own default holds."""

    __tablename__ = "preference"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    changed_at: Mapped[datetime]


class AuditEntry(Audited, Base):
    """Who did what to a delivery, when, from where, what was before and after, and why."""

    __tablename__ = "audit_entry"
    __table_args__ = {"comment": APPEND_ONLY}

    reason: Mapped[str | None]
