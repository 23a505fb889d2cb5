"""The forms that a statement takes on its way: with `:name`d parameters here, prepared under a name on a connection."""

import re
from functools import lru_cache
from typing import NamedTuple

import psycopg2.errors

MOST_PLANS = 64
"""Of how many statements a connection keeps the plan; each takes some memory of the server."""
STALE = (psycopg2.errors.FeatureNotSupported, psycopg2.errors.InvalidSqlStatementName)
"""A table has changed since the statement was prepared, or somebody else has discarded what was."""
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


class Forms(NamedTuple):
    """A statement as psycopg2 takes it, as PREPARE does, the arguments of its EXECUTE, and what these are called."""

    plain: str
    prepared: str
    call: str
    names: tuple[str, ...]


@lru_cache(maxsize=1024)
def forms_of(statement: str) -> Forms:
    """The forms of a statement with `:name`d parameters."""
    names = tuple(dict.fromkeys(_PARAMETER.findall(statement)))
    places = {name: f"${number}" for number, name in enumerate(names, 1)}
    prepared = _PARAMETER.sub(lambda found: places[found[1]], statement)
    plain = _PARAMETER.sub(r"%(\1)s", statement.replace("%", "%%"))
    return Forms(plain, prepared, f" ({', '.join(['%s'] * len(names))})" if names else "", names)
