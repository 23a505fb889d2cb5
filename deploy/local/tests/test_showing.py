"""What is told of memory stays true while processes come and go."""

from __future__ import annotations

import os
import subprocess

import psutil
import pytest

from deploy.local import showing


def test_a_child_that_vanished_counts_as_nothing_and_its_parent_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    child = subprocess.Popen(["sleep", "600"])
    gone = psutil.Process(child.pid)
    child.kill()
    child.wait()
    children = psutil.Process.children
    monkeypatch.setattr(psutil.Process, "children", lambda it: [gone] if it.pid == os.getpid() else children(it))
    state = {"pid": 1, "programs": [{"name": "probe", "pid": os.getpid()}]}
    assert showing.measure(state)["programs"][0]["memory"] > 1_000_000
