"""Failures of the database as refusals: what may pass in a moment is a 503, a value that does not fit is a 422."""

import psycopg2
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.kit.errors import Invalid, Refusal, Unavailable

_PASSING = {
    "25006": "The database is changing its primary.",  # read_only_sql_transaction
    "25P03": "The request took too long.",  # idle_in_transaction_session_timeout
    "40001": "Another request changed the same data at the same moment.",  # serialization_failure
    "40P01": "Another request locked the same data in another order.",  # deadlock_detected
    "53300": "The database has no free connection.",  # too_many_connections
    "55P03": "Another request holds the same data.",  # lock_not_available
    "57014": "The request took too long.",  # query_canceled: statement_timeout
}
_MISFIT = {
    "22001": "A text is too long.",  # string_data_right_truncation
    "22003": "A number is out of range.",  # numeric_value_out_of_range
    "22008": "A time is out of range.",  # datetime_field_overflow
    "22021": "A text holds characters that cannot be stored.",  # character_not_in_repertoire
    "22P05": "A text holds characters that cannot be stored.",  # untranslatable_character
}


def as_refusal(error: BaseException) -> Refusal | None:
    """Return the refusal a database error amounts to, or None if it is a fault of the code.

    Nothing is retried here: only the caller knows whether the same request may be sent twice.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "pgcode", None)
    if code in _MISFIT:
        return Invalid(_MISFIT[code])
    if code in _PASSING:
        return Unavailable(_PASSING[code])
    if isinstance(error, PoolTimeout):
        return Unavailable("All connections to the database are busy.")
    if isinstance(cause, psycopg2.OperationalError | psycopg2.InterfaceError):
        return Unavailable("The database does not answer.")
    return None


DATABASE_ERRORS: tuple[type[Exception], ...] = (SQLAlchemyError, psycopg2.Error)
