"""A way as hops: each with when, whether it is as it should be, and what was seen there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Hop:
    """One stop on the way. `ok` is None where nothing is to be expected, or nobody could be asked.

    `service` is where it is, on ways that lead through several.
    """

    name: str
    ok: bool | None
    detail: str
    at: datetime | None = None
    seconds: float | None = None
    id: str | None = None
    service: str | None = None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a customer is, or is not, on a list: the hops, one sentence, and the command that mends it if one does."""

    customer_id: str | None
    outcome: str | None
    hops: list[Hop]
    sentence: str
    remedy: str | None = None
    token: str | None = None
    customer: dict[str, Any] | None = None
    vendor: dict[str, Any] | None = None
    on_list: bool | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def moment(value: Any) -> datetime | None:
    """Read a time as services write it."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def timed(hops: list[Hop]) -> list[Hop]:
    """Give each hop the seconds that passed since the one before it that has a time.

    What one transaction did may be marked in another order, so none is less than zero.
    """
    told: list[Hop] = []
    last: datetime | None = None
    for hop in hops:
        passed = (hop.at - last).total_seconds() if hop.at and last else None
        told.append(replace(hop, seconds=None if passed is None else max(0.0, round(passed, 6))))
        last = hop.at or last
    return told
