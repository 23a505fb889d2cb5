"""Messages that could not be applied because they could not be read: kept with their bytes, shown, never dropped."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

_KEEP = text("""
    INSERT INTO dead_letter (digest, reason, error, exchange, routing_key, body)
    VALUES (:digest, :reason, :error, :exchange, :routing_key, :body)
    ON CONFLICT (digest) DO NOTHING
""")


@dataclass(frozen=True)
class DeadLetter:
    """Bytes that are no event we know, where they came from, and why they could not be read."""

    reason: str
    error: str
    exchange: str
    routing_key: str
    body: bytes

    @property
    def digest(self) -> bytes:
        """What makes the same message the same, however often it is delivered."""
        return hashlib.sha256(f"{self.exchange}\n{self.routing_key}\n".encode() + self.body).digest()


def keep(session: Session, letters: Sequence[DeadLetter]) -> None:
    """Store each letter once."""
    if letters:
        rows = [{**vars(letter), "digest": letter.digest, "error": letter.error[:2000]} for letter in letters]
        session.execute(_KEEP, rows)
