"""Password hashing: argon2id, bounded, and never while a database connection is held."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from shared.kit.errors import Unavailable

# OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
ARGON2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
T = TypeVar("T")


class TooBusy(Unavailable):
    """More people than this process can hash for are signing in or up; nothing was done."""

    type = "too-busy"
    title = "Too many people are signing in at this moment"


class Hashing:
    """At most `concurrency` hashes at once and `queue` waiting, each no longer than `patience` seconds."""

    def __init__(
        self, *, concurrency: int, queue: int, patience: float = 10.0, algorithm: PasswordHasher = ARGON2
    ) -> None:
        self._algorithm = algorithm
        self._working = threading.BoundedSemaphore(concurrency)
        self._admitted = threading.BoundedSemaphore(concurrency + queue)
        self._patience = patience
        self._nobody = algorithm.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Hash a password; `TooBusy` when the queue is full."""
        return self._bounded(lambda: self._algorithm.hash(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether the password is right, with the same work where there is no stored hash."""
        return self._bounded(lambda: self._matches(stored or self._nobody, password)) and stored is not None

    def outdated(self, stored: str) -> bool:
        """Tell whether a stored hash was made with other parameters than today's."""
        return self._algorithm.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._algorithm.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def _bounded(self, work: Callable[[], T]) -> T:
        with self._place():
            return work()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._admitted.acquire(blocking=False):
            raise TooBusy("Try again in a few seconds.")
        try:
            if not self._working.acquire(timeout=self._patience):
                raise TooBusy("Try again in a few seconds.")
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._admitted.release()
