"""Password hashing: argon2id, bounded, and never while a database connection is held."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
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
    """At most `concurrency` hashes at once and `queue` waiting, each no longer than `patience` seconds.

    The work is done by threads of its own: the allocator keeps the 19 MiB of a hash for the thread that asked for
    them, so that hashing in every thread of a web server would hold them as many times.
    """

    def __init__(
        self, *, concurrency: int, queue: int, patience: float = 10.0, algorithm: PasswordHasher = ARGON2
    ) -> None:
        self._algorithm = algorithm
        self._workers = ThreadPoolExecutor(concurrency, thread_name_prefix="hashing")
        self._places = threading.BoundedSemaphore(concurrency + queue)
        self._patience = patience
        self._nobody = algorithm.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Hash a password; `TooBusy` when the queue is full."""
        return self._bounded(self._algorithm.hash, password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether the password is right, with the same work where there is no stored hash."""
        return self._bounded(self._matches, stored or self._nobody, password) and stored is not None

    def outdated(self, stored: str) -> bool:
        """Tell whether a stored hash was made with other parameters than today's."""
        return self._algorithm.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._algorithm.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def _bounded(self, work: Callable[..., T], *arguments: str) -> T:
        if not self._places.acquire(blocking=False):
            raise TooBusy("Try again in a few seconds.")
        try:
            return self._awaited(self._workers.submit(work, *arguments))
        finally:
            self._places.release()

    def _awaited(self, result: Future[T]) -> T:
        try:
            return result.result(self._patience)
        except TimeoutError:
            if result.cancel():
                raise TooBusy("Try again in a few seconds.") from None
            return result.result()
