"""What the kit's tables need now and then: expired rows removed."""

from sqlalchemy import text

from shared.kit.database import Database

KEY_HOURS = 48
"""For how long an idempotency key is remembered."""
_SWEEPS = {
    "idempotency_key": text(
        f"DELETE FROM idempotency_key WHERE created_at < clock_timestamp() - interval '{KEY_HOURS} hours'"  # noqa: S608
    ),
    "rate_limit": text("DELETE FROM rate_limit WHERE expires_at < clock_timestamp()"),
}


def sweep(database: Database) -> dict[str, int]:
    """Remove expired idempotency keys and rate windows; return how many of each. Safe to run at any time."""
    with database.transaction() as session:
        return {table: int(session.execute(sweep).rowcount) for table, sweep in _SWEEPS.items()}  # type: ignore[attr-defined]
