"""What all tables of this service have in common."""

from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql import JSONB

from shared.kit import database

OPTIONAL = JSONB(none_as_null=True)
"""JSON that may be missing: nothing is SQL's NULL, not the word `null`."""


class Base(database.Base):
    """The tables of this service, apart from those of any other that a test may load beside it."""

    __abstract__ = True
    metadata = MetaData(naming_convention=database.NAMING)
