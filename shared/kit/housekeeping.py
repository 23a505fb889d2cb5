"""What the kit's tables need now and then: expired rows removed."""

from shared.kit import idempotency, rate
from shared.kit.database import Database


def sweep(database: Database) -> dict[str, int]:
    """Remove expired idempotency keys and rate windows; return how many of each. Safe to run at any time."""
    with database.transaction() as session:
        return {"idempotency_key": idempotency.purge(session), "rate_limit": rate.purge(session)}
