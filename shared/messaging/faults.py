"""Telling faults apart: an outage is waited out, a refusal is written down and tried again, a value that no table holds
is set aside."""

from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

_OUTAGES = ("08", "53", "57P", "58")
"""SQLSTATE classes: connection exception, insufficient resources, operator intervention (shutdown), system error
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""


def is_outage(error: BaseException) -> bool:
    """Whether the database itself is missing, restarting or out of room, rather than refusing a statement."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "pgcode", None)
    if code is None:
        return isinstance(error, OperationalError)
    return str(code).startswith(_OUTAGES)


def is_unstorable(error: BaseException) -> bool:
    """Whether a value cannot be put into PostgreSQL at all: NUL, half a surrogate pair, too large, not its JSON."""
    return isinstance(error, DataError | ValueError)
