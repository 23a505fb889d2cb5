"""Which tables a service's handlers write, so that they can be shadowed, compared and made again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

Restore = Callable[[Session, Sequence[UUID] | None], object]
"""Makes rows that are missing from recorded facts; for some aggregates, or for all."""

RESTORED = "replay_restored"
"""In a session's `info` when all that the facts imply is there already, so that a handler need not make it again."""


@dataclass(frozen=True, kw_only=True)
class Projection:
    """A table that handlers write. `key` tells its rows apart, `of` is the column of the aggregate that a row is about.

    A *fact* is recorded once and never judged again: a replay begins with the facts as they are (up to `at`, the column
    of their time, when asked for a past moment). Anything else is derived, and a replay makes it from nothing.
    `judged` is a condition on those facts that the handlers decided, and not somebody who asked for it. `beside` is one
    on those facts about others that a judgement looks at too.
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
    judged: str = "false"
    beside: str = "false"
    volatile: tuple[str, ...] = ()
    definition: str | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """Rows that handlers read and never write: those of `table` that fulfil `needed`, a condition on it.

    The condition may ask the table `slice` (event_id, type, aggregate_id, envelope) for the events that it is about.
    """

    table: str
    needed: str


@dataclass(frozen=True, kw_only=True)
class Projections:
    """All of a service's projections, how what their facts imply is made again, and what the handlers read besides.

    `context` stands in the order in which its rows can be inserted.
    """

    tables: tuple[Projection, ...] = ()
    restore: Restore = lambda _session, _aggregates: None
    context: tuple[Context, ...] = ()
