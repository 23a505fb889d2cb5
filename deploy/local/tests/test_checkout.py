"""What a checkout keeps: secrets that only their owner reads, a state that tells a dead system from a living one."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local import checkout


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkout, "DATA", tmp_path / "data")
    monkeypatch.setattr(checkout, "STATE", tmp_path / "run/state.json")


def test_a_secret_is_made_once_and_readable_by_its_owner_only() -> None:
    first = checkout.secret("database vendor_app")
    assert checkout.secret("database vendor_app") == first
    assert checkout.secret("database identity_app") != first
    assert len(first) >= 32
    assert stat.S_IMODE((checkout.DATA / "secrets.json").stat().st_mode) == 0o600


def test_two_who_ask_for_secrets_at_once_lose_none() -> None:
    names = [f"secret {number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        given = dict(zip(names, pool.map(checkout.secret, names), strict=True))
    assert {name: checkout.secret(name) for name in names} == given


def test_the_state_of_a_system_that_is_gone_counts_as_none() -> None:
    checkout.write_state({"pid": 2**22 + 1, "address": "http://localhost:8000"})
    assert checkout.read_state() is None


def test_a_pid_that_a_stranger_got_counts_as_none() -> None:
    checkout.write_state({"pid": os.getppid(), "address": "http://localhost:8000"})
    assert checkout.read_state() is None


def test_the_digest_changes_with_a_file_s_content(tmp_path: Path) -> None:
    file = tmp_path / "0001.py"
    file.write_text("first")
    before = checkout.digest(tmp_path)
    file.write_text("second")
    assert checkout.digest(tmp_path) != before


def test_a_half_written_state_counts_as_none() -> None:
    checkout.write_state({"pid": 1})
    checkout.STATE.write_text(json.dumps({"pid": 1})[:-2])
    assert checkout.read_state() is None
