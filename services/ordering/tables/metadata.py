"""What all tables of this service have in common."""

from typing import Any

from sqlalchemy import BigInteger, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit import database

APPEND_ONLY = "append-only: the role of the service may insert and read, nobody changes a row"
"""The comment by which `migrate` knows what it may not let the service change."""
OPTIONAL = JSONB(none_as_null=True)
"""JSON that may be missing: nothing is SQL's NULL, not the word `null`."""


class Base(database.Base):
    """The tables of this service, apart from those of any other that a test may load beside it."""

    __abstract__ = True
    metadata = MetaData(naming_convention=database.NAMING)


def whole(**options: Any) -> Mapped[int]:
    """A number of 64 bits."""
    return mapped_column(BigInteger, **options)
