"""The last part of the demonstration: whoever should have a mail has it in the local mailbox, once, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

Check = Callable[[str, bool, str], None]
PATIENCE_SECONDS = 6.0
"""How long a mail may take after what it tells of."""


@dataclass(frozen=True)
class Expected:
    """A mail: to whom, and what its subject has in it."""

    to: str
    subject: str


class Mailed:
    """Looks into the mailbox at this address."""

    def __init__(self, mailbox: str, check: Check) -> None:
        self._mails = httpx.Client(base_url=f"{mailbox}/api", timeout=5, trust_env=False)
        self._check = check

    def verify(self, claim: str, expected: Sequence[Expected], since: datetime) -> None:
        """Wait until each of these is there, and claim that each is there once; `since` is when the last was caused."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = [self._of(it) for it in expected]
            if all(found) or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        missing = [it for it, mails in zip(expected, found, strict=True) if not mails]
        twice = [it for it, mails in zip(expected, found, strict=True) if len(mails) > 1]
        arrived = [datetime.fromisoformat(mails[0]["at"]) for mails in found if mails]
        took = max(((each - since).total_seconds() for each in arrived), default=0.0)
        told = [f"{len(arrived)} of {len(expected)} mails"]
        told += [f"the last {took:.1f} s after it was caused"] * bool(arrived and took > 0)
        told += [f"{it.to} has none of “{it.subject}”" for it in missing]
        told += [f"{it.to} has “{it.subject}” more than once" for it in twice]
        self._check(claim, not missing and not twice, ", ".join(told))

    def _of(self, expected: Expected) -> list[dict[str, Any]]:
        found = self._mails.get("/mails", params={"to": expected.to, "limit": 100}).raise_for_status().json()["items"]
        return [it for it in found if it["recipients"] == [expected.to] and expected.subject in it["subject"]]

    def close(self) -> None:
        """Give the connection back."""
        self._mails.close()


def now() -> datetime:
    """This moment, to measure from."""
    return datetime.now(UTC)
