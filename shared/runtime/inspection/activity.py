"""Whether a service's relay and consumer work: seen by what their connections to its database last did."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

SILENT_SECONDS = 5
"""Both look into the database at least twice a second; silence for longer means stopped, hanging or cut off."""

_ACTIVITY = text("""
    SELECT application_name AS name, max(state_change) AS last_at, clock_timestamp() AS now FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = ANY(CAST(:names AS text[])) GROUP BY application_name
""")


def of_processes(session: Session, service: str) -> dict[str, Any]:
    """Say of each process whether it is at work and when it last was seen; None if it has no connection at all."""
    names = {f"{service}-{process}": process for process in ("relay", "consumer")}
    rows = session.execute(_ACTIVITY, {"names": list(names)}).all()
    seen = {names[row.name]: {"working": _is_working(row.last_at, row.now), "last_at": row.last_at} for row in rows}
    return {process: seen.get(process, {"working": False, "last_at": None}) for process in names.values()}


def _is_working(last_at: datetime, now: datetime) -> bool:
    return (now - last_at).total_seconds() < SILENT_SECONDS
