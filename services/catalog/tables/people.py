"""Replicas of what vendor says: who sells, since when in which standing, and who is on whose customer list.

They carry no foreign keys: a fact is kept even when what it speaks of has not arrived. All of them can be emptied and
made again from the inbox, byte for byte (see `projections.py`).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.tables.metadata import Base


class Vendor(Base):
    """Somebody who sells, as the newest news of them says.

    `named_version` is that of the newest event that gave a name, `version` that of the newest that gave a status; a
    suspension that overtakes the approval makes a row without a name.
    """

    __tablename__ = "vendor"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    name: Mapped[str | None]
    slug: Mapped[str | None]
    code: Mapped[str | None]
    status: Mapped[str]
    named_version: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)


class VendorStatus(Base):
    """What a vendor's status became, when, and which event said so."""

    __tablename__ = "vendor_status"

    vendor_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    status: Mapped[str]
    since: Mapped[datetime]
    event_id: Mapped[UUID]


class Link(Base):
    """A customer on a vendor's list, or who was on it: a removed pair keeps its row."""

    __tablename__ = "link"

    vendor_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    vendor_customer_id: Mapped[UUID]
    linked: Mapped[bool]
    since: Mapped[datetime]
    event_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(BigInteger)


class LinkChange(Base):
    """Every time that somebody came on a list or was taken off it, and which event said so."""

    __tablename__ = "link_change"

    vendor_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    vendor_customer_id: Mapped[UUID]
    linked: Mapped[bool]
    since: Mapped[datetime]
    event_id: Mapped[UUID]
