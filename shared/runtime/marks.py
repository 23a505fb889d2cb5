"""How far each publisher's log is known to be whole here, so that it need not be read from its beginning each time.

Once a day it is: an inbox can lose what it had.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

AGAIN = timedelta(days=1)
"""After which a log is compared from its beginning again."""

_READ = text("""
    SELECT position FROM reconcile_mark
    WHERE source = :source AND types @> CAST(:types AS text[]) AND begun_at > clock_timestamp() - :again
""")
_KEEP = text("""
    INSERT INTO reconcile_mark AS known (source, types, position, begun_at)
    VALUES (:source, CAST(:types AS text[]), :position, clock_timestamp())
    ON CONFLICT (source) DO UPDATE SET types = excluded.types, position = excluded.position,
        begun_at = CASE WHEN :whole THEN excluded.begun_at ELSE known.begun_at END
""")


def read(session: Session, source: str, types: Sequence[str]) -> int:
    """The position from which a comparison of these types goes on: 0 for a new type, and once a day."""
    return int(session.scalar(_READ, {"source": source, "types": list(types), "again": AGAIN}) or 0)


def keep(session: Session, source: str, types: Sequence[str], position: int, *, whole: bool) -> None:
    """Note that nothing up to a position is missing; `whole` if that was found by reading from the beginning."""
    session.execute(_KEEP, {"source": source, "types": list(types), "position": position, "whole": whole})
