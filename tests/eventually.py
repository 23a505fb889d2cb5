"""Waiting for something to become true, without sleeping longer than it takes."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(check: Callable[[], T], timeout: float = 30, every: float = 0.02) -> T:
    """Call `check` until it neither raises nor answers False; its answer.

    After `timeout` seconds the last failure is raised, so that the test says what was not so.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            answer = check()
        except Exception:
            if time.monotonic() > deadline:
                raise
        else:
            if answer is not False:
                return answer
            if time.monotonic() > deadline:
                raise AssertionError(f"not so within {timeout} s: {getattr(check, '__name__', check)}")
        time.sleep(every)
