"""Identifiers: time-ordered (UUIDv7, RFC 9562), and derived ones that a replay makes again."""

import hashlib
import os
import time
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_KEEP = ~((0xF << 76) | (0b11 << 62))


def new_id() -> UUID:
    """Make a UUIDv7: 48 bits of Unix milliseconds, then randomness."""
    milliseconds = time.time_ns() // 1_000_000
    return _version_7(milliseconds, int.from_bytes(os.urandom(10), "big"))


def derived_id(cause: UUID, name: str) -> UUID:
    """Make the id of what `cause` brought about under `name`: in its time order, and the same on every replay."""
    digest = hashlib.sha256(cause.bytes + name.encode()).digest()
    return _version_7(cause.int >> 80, int.from_bytes(digest[:10], "big"))


def _version_7(milliseconds: int, rest: int) -> UUID:
    return UUID(int=(((milliseconds & (1 << 48) - 1) << 80) | rest) & _KEEP | _VERSION_7 | _VARIANT)
