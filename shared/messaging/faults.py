"""Telling an outage from a handler's failure: the first is waited out, the second is written down and tried again."""

from sqlalchemy.exc import DBAPIError, OperationalError
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
