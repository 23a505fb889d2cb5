"""A case: what has been gathered of one customer so far, for those who add to it and those who conclude from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shared.inspection.asking import Asked
from shared.inspection.hops import Hop


@dataclass
class Case:
    """What has been gathered of one customer so far."""

    asked: Asked
    customer_id: str
    person: dict[str, Any] | None
    facts: dict[str, Any] | None
    event: dict[str, Any] | None = None
    hops: list[Hop] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What to call them."""
        known = (self.facts or {}).get("customer") or {}
        return str((self.person or {}).get("name") or known.get("name") or self.customer_id)

    @property
    def elsewhere(self) -> list[dict[str, Any]]:
        """Outcomes with other vendors than the one asked for."""
        return list((self.facts or {}).get("elsewhere", []))

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """The recorded outcomes, newest first."""
        return list((self.facts or {}).get("outcomes", []))
