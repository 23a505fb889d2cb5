"""Hashing is argon2id with OWASP's parameters, and bounded."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from services.identity.domain.hashing import Hashing, TooBusy


def hashing() -> Hashing:
    return Hashing(concurrency=2, queue=10)


def test_a_hash_has_the_parameters_that_owasp_asks_for() -> None:
    found = extract_parameters(hashing().hash("a long walk"))
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, 19456, 2, 1)


def test_only_the_right_password_matches() -> None:
    it = hashing()
    stored = it.hash("a long walk")
    assert it.verify(stored, "a long walk")
    assert not it.verify(stored, "a short walk")


def test_nobody_matches_and_a_spoilt_hash_neither() -> None:
    it = hashing()
    assert not it.verify(None, "nobody has this password")
    assert not it.verify("$argon2id$spoilt", "a long walk")


def test_a_hash_of_other_parameters_is_outdated() -> None:
    it = hashing()
    assert it.outdated(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("a long walk"))
    assert not it.outdated(it.hash("a long walk"))


class Gate(PasswordHasher):
    """The real algorithm, behind a gate that counts who is in."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.opened, self.lock, self.inside, self.most = threading.Event(), threading.Lock(), 0, 0
        self.full = threading.Event()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        if password == "nobody has this password":
            return super().hash(password, salt=salt)
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.full.set()
        assert self.opened.wait(10)
        with self.lock:
            self.inside -= 1
        return super().hash(password, salt=salt)


def test_no_more_hash_at_once_than_are_allowed() -> None:
    gate = Gate()
    it = Hashing(concurrency=2, queue=20, algorithm=gate)
    with ThreadPoolExecutor(12) as pool:
        done = [pool.submit(it.hash, f"password {n}") for n in range(12)]
        assert gate.full.wait(10)
        gate.opened.set()
        assert len({one.result() for one in done}) == 12
    assert gate.most <= 2


def test_who_finds_the_queue_full_is_told_to_come_back() -> None:
    gate = Gate()
    it = Hashing(concurrency=1, queue=0, algorithm=gate)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(it.hash, "first")
        assert gate.full.wait(10)
        with pytest.raises(TooBusy) as refused:
            it.hash("second")
        gate.opened.set()
        assert first.result()
    assert refused.value.status == 503
    assert "Retry-After" in refused.value.headers()
    assert it.hash("third")


def test_who_waits_too_long_is_told_to_come_back() -> None:
    gate = Gate()
    it = Hashing(concurrency=1, queue=1, patience=0.01, algorithm=gate)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(it.hash, "first")
        assert gate.full.wait(10)
        with pytest.raises(TooBusy):
            it.hash("second")
        gate.opened.set()
        assert first.result()
