"""A vendor's products by the file at a terminal: shown before they are applied, gone on with, and had back."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.seeds import PASSWORD
from tests.eventually import eventually
from tests.infrastructure.running import RunningMarket
from tests.infrastructure.servers import ROOT

pytestmark = pytest.mark.system
VENDOR = ("--as", "vendor.a@market.example")
HEADING = "sku,title,price,currency,stock,status\n"
FAULTY = f"{HEADING}BY-FILE-1,Cup,3.50,EUR,4,active\nBY-FILE-2,Jug,-1,EUR,4,active\n"
SOUND = f"{HEADING}BY-FILE-1,Cup,4.50,EUR,4,active\nBY-FILE-2,Jug,7,EUR,4,active\n"


@pytest.fixture
def market(running_market: RunningMarket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunningMarket:
    """A system whose catalog knows the vendor, and whose commands are called from a folder of the test's own."""
    monkeypatch.setenv("MARKET_CALLER", str(tmp_path))
    monkeypatch.setenv("MARKET_PASSWORD", PASSWORD)
    eventually(lambda: running_market.market("products", "export", *VENDOR).returncode == 0, timeout=20)
    return running_market


class Terminal:
    """Somebody at a terminal, who reads what is said there and answers."""

    def __init__(self, market: RunningMarket, *arguments: str) -> None:
        self._end, inside = pty.openpty()
        command = [sys.executable, "-m", "deploy.local", *arguments]
        known = {name: value for name, value in os.environ.items() if name != "MARKET_PASSWORD"}
        env = {**known, "MARKET_STATE": str(market.state_folder), "TERM": "xterm"}
        self.child = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=inside, stdout=inside, stderr=inside, start_new_session=True
        )
        os.close(inside)
        self.seen = ""

    def until(self, words: str) -> None:
        """Read until this was said; the end before that is an error with all that was."""
        while words not in self.seen:
            try:
                self.seen += os.read(self._end, 4096).decode()
            except OSError as ended:
                raise AssertionError(f"it ended without {words!r}:\n{self.seen}") from ended

    def answer(self, words: str) -> None:
        """Type a line."""
        os.write(self._end, f"{words}\n".encode())

    def ended(self) -> int:
        """Read to the end; the exit code."""
        try:
            while piece := os.read(self._end, 4096):
                self.seen += piece.decode()
        except OSError:  # what a terminal says when nobody writes to it any more
            os.close(self._end)
        return self.child.wait(30)


def test_a_file_is_shown_before_it_is_applied_and_gone_on_with(market: RunningMarket, tmp_path: Path) -> None:
    (tmp_path / "faulty.csv").write_text(FAULTY)
    seen = market.market("products", "import", "faulty.csv", *VENDOR, "--errors", "wrong.csv")
    assert (seen.returncode, "Nothing was changed" in seen.stderr) == (1, True), seen.stderr
    assert "2 rows: 1 new, 1 faulty" in seen.stdout
    assert "row 3 BY-FILE-2 column C (price): A price is never negative." in seen.stdout
    assert "BY-FILE-2" in (tmp_path / "wrong.csv").read_text()

    (tmp_path / "sound.csv").write_text(SOUND)
    person = Terminal(market, "products", "import", "sound.csv", *VENDOR)
    person.until("Password of vendor.a@market.example")
    person.answer(PASSWORD)
    person.until("Apply 2 rows?")
    person.child.send_signal(signal.SIGINT)
    assert person.ended() == 1
    assert "nothing was changed, and it waits" in person.seen
    assert PASSWORD not in person.seen
    job = person.seen.partition("--job ")[2].split()[0]

    applied = market.market("products", "import", "--job", job, *VENDOR, "--yes", "--json")
    told = json.loads(applied.stdout)
    assert (applied.returncode, told["state"], told["rows"]["created"], told["errors"]) == (0, "done", 2, None)
    assert market.market("products", "export", *VENDOR, "--output", "all.csv").returncode == 0
    assert "BY-FILE-2,Jug,,,7.00,EUR,4," in (tmp_path / "all.csv").read_text()
    again = market.market("products", "import", "faulty.csv", *VENDOR, "--yes")
    assert (again.returncode, "1 faulty, 1 changed" in again.stdout) == (1, True), again.stdout
    assert "BY-FILE-2" in (tmp_path / "faulty.errors.csv").read_text()


def test_who_says_yes_at_a_terminal_has_it_applied(market: RunningMarket, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text(f"{HEADING}BY-HAND-1,Plate,2,EUR,1,draft\n")
    person = Terminal(market, "products", "import", "one.csv", *VENDOR, "--password", PASSWORD)
    person.until("Apply 1 row?")
    person.answer("y")
    assert person.ended() == 0
    assert "1 row: 1 made" in person.seen


def test_what_is_misused_or_refused_is_told(market: RunningMarket, monkeypatch: pytest.MonkeyPatch) -> None:
    assert market.market("products", "import", *VENDOR).returncode == 2
    assert market.market("products", "import", "nowhere.csv", *VENDOR).returncode == 2
    refused = market.market("products", "export", *VENDOR, "--password", "wrong")
    assert (refused.returncode, "401" in refused.stderr) == (1, True)
    monkeypatch.delenv("MARKET_PASSWORD")
    without = subprocess.run(
        [sys.executable, "-m", "deploy.local", "products", "export", *VENDOR],
        cwd=ROOT, env={**os.environ, "MARKET_STATE": str(market.state_folder)}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (without.returncode, "say --password" in without.stderr) == (2, True)
