"""What replays leave behind that were killed, or shown and never applied: dropped after a while, and by a migration."""

from datetime import timedelta

from sqlalchemy import Connection, text

_POSSIBLE = text("SELECT to_regprocedure('public.drop_replay_shadows(interval)') IS NOT NULL")
_DROP = text("SELECT public.drop_replay_shadows(:older_than)")


def drop(connection: Connection, older_than: timedelta = timedelta(0)) -> list[str]:
    """Drop the shadows begun so long ago that no running replay works on; return their names.

    The service's own role may do it. In a database that was not migrated yet there is nothing to drop.
    """
    if not connection.scalar(_POSSIBLE):
        return []
    return list(connection.scalars(_DROP, {"older_than": older_than}))
