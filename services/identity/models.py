"""The tables of identity."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, MetaData, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.events.ids import new_id
from shared.kit.database import NAMING
from shared.kit.database import Base as KitBase


class Base(KitBase):
    """The tables of this service alone."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)


class User(Base):
    """A person with an account; `user` is a word of SQL itself, so the table is called `user_account`.

    `email_key` is the normalised address and unique: the database decides who has an e-mail. An erased person keeps
    a row without anything personal, and their e-mail is free again.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("role IN ('customer', 'vendor', 'admin')", name="role"),
        CheckConstraint("(erased_at IS NULL) = (email IS NOT NULL)", name="email"),
        CheckConstraint("(email IS NULL) = (email_key IS NULL)", name="email_key"),
        CheckConstraint("(email IS NULL) = (name IS NULL)", name="name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str | None]
    locale: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]
    invite_token: Mapped[str | None]
    version: Mapped[int]
    registered_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class UserVendor(Base):
    """What vendor says of a user's selling, at the newest version that has arrived."""

    __tablename__ = "user_vendor"

    vendor_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    status: Mapped[str]
    version: Mapped[int] = mapped_column(BigInteger)


class SignIn(Base):
    """One sign-in on one device: the family of refresh tokens that follow each other."""

    __tablename__ = "sign_in"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    generation: Mapped[int]
    signed_in_at: Mapped[datetime]
    rotated_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]


class RefreshToken(Base):
    """A refresh token, by its SHA-256 alone; those of one generation were exchanged for the same predecessor."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in.id", ondelete="CASCADE"), index=True)
    generation: Mapped[int]
    issued_at: Mapped[datetime]


class Address(Base):
    """A place that a person has things sent to; at most one of theirs is the default."""

    __tablename__ = "address"
    __table_args__ = (Index("uq_address_default", "user_id", unique=True, postgresql_where=text("is_default")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str]
    line1: Mapped[str]
    line2: Mapped[str | None]
    city: Mapped[str]
    region: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str]
    phone: Mapped[str | None]
    is_default: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class PasswordReset(Base):
    """A request for a new password, by the SHA-256 of its token; for an unknown e-mail it belongs to nobody.

    A row with an `id` is what was asked for, and is announced once; those without are tokens that were sent for it.
    """

    __tablename__ = "password_reset"
    __table_args__ = (Index("uq_password_reset_id", "id", unique=True),)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    id: Mapped[UUID | None]
    announced_at: Mapped[datetime | None]


class SigningKey(Base):
    """An Ed25519 key pair; the private part is encrypted with a key that only SECRET_KEY gives.

    It signs from `signs_from` until a later key does, and is served for verification until `expires_at`.
    """

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[dict[str, str]]
    private_encrypted: Mapped[bytes]
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    expires_at: Mapped[datetime | None]
