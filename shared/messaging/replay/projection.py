"""Which tables a service's handlers write, so that they can be shadowed, compared and made again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

Restore = Callable[[Session, Sequence[UUID] | None], object]
"""Makes rows that are missing from recorded facts; for some aggregates, or for all."""


@dataclass(frozen=True, kw_only=True)
class Projection:
    """A table that handlers write. `key` tells its rows apart, `of` is the column of the aggregate that a row is about.

    A *fact* is recorded once and never judged again: a replay begins with the facts as they are (up to `at`, the column
    of their time, when asked for a past moment). Anything else is derived, and a replay makes it from nothing.
    `volatile` columns take the clock's time when they are written; they are left out of comparisons.

    `definition` is what the table adds up to, said a second way: a query over the inbox and the facts that gives its
    columns in their order, for the aggregates in the parameter `:of` (uuid[]) or for all if it is NULL. A rebuild makes
    the table with it, and a test holds it equal to what the handlers write.
    """

    table: str
    key: tuple[str, ...]
    of: str
    fact: bool = False
    at: str | None = None
    volatile: tuple[str, ...] = ()
    definition: str | None = None


@dataclass(frozen=True, kw_only=True)
class Projections:
    """All of a service's projections, and how what their facts imply is made again after the handlers have run."""

    tables: tuple[Projection, ...] = ()
    restore: Restore = lambda _session, _aggregates: None
