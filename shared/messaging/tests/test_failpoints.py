"""A failpoint ends the process at the pass that was asked for, and is nothing at all unless asked for."""

import os
import signal
import subprocess
import sys

import pytest

from shared.messaging import failpoints

PASS_THREE_TIMES = """
from shared.messaging import failpoints
for number in range(3):
    failpoints.passing(failpoints.RELAY_CONFIRMED)
    print(number, flush=True)
"""


def run(**environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", PASS_THREE_TIMES]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def test_the_process_dies_at_the_stated_pass() -> None:
    done = run(FAILPOINTS="relay.confirmed:2,consumer.committed:1")
    assert (done.returncode, done.stdout.split()) == (-signal.SIGKILL, ["0"])


def test_unset_it_is_inert() -> None:
    assert run(FAILPOINTS="").stdout.split() == ["0", "1", "2"]


@pytest.mark.parametrize("wrong", ["relay.sneezed:1", "relay.confirmed", "relay.confirmed:0", "relay.confirmed:x"])
def test_a_name_or_a_number_that_means_nothing_is_refused(wrong: str) -> None:
    with pytest.raises(failpoints.UnknownFailpoint, match=r"relay\.confirmed"):
        failpoints.parse(wrong)
