"""The tables of both services as ORM classes, for the naive chain."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, TIMESTAMP, FetchedValue, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Times with zone, native ids, JSON bodies."""

    type_annotation_map = {datetime: TIMESTAMP(timezone=True), UUID: Uuid(), dict[str, Any]: JSON()}


class Outbox(Base):
    """An event to publish."""

    __tablename__ = "outbox"
    seq: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    type: Mapped[str]
    aggregate_id: Mapped[UUID]
    aggregate_version: Mapped[int]
    occurred_at: Mapped[datetime]
    correlation_id: Mapped[str]
    envelope: Mapped[dict[str, Any]]
    published_at: Mapped[datetime | None]
    log_position: Mapped[int | None]


class Inbox(Base):
    """An event that was told."""

    __tablename__ = "inbox"
    seq: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    type: Mapped[str]
    source: Mapped[str]
    aggregate_id: Mapped[UUID]
    aggregate_version: Mapped[int]
    occurred_at: Mapped[datetime]
    correlation_id: Mapped[str]
    envelope: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="handled")
    handled_at: Mapped[datetime]


class Customer(Base):
    """A person, as identity tells."""

    __tablename__ = "customer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]


class Invite(Base):
    """A link."""

    __tablename__ = "vendor_invite_token"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    vendor_id: Mapped[UUID]
    token: Mapped[str]


class Mapping(Base):
    """A place on a list."""

    __tablename__ = "vendor_customer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    vendor_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    invite_token_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(default="registration")
    event_id: Mapped[UUID]
    created_at: Mapped[datetime]
    linked_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Outcome(Base):
    """What came of a token."""

    __tablename__ = "invite_outcome"
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    token: Mapped[str]
    vendor_id: Mapped[UUID]
    invite_token_id: Mapped[UUID]
    vendor_customer_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(default="registration")
    outcome: Mapped[str] = mapped_column(default="linked")
    occurred_at: Mapped[datetime]
    decided_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
