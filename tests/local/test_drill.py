"""The drill on a running system: every fault is named and mended, and nothing else has changed."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.infrastructure.running import RunningMarket
from tests.infrastructure.servers import ROOT

pytestmark = pytest.mark.system


VARIES = {
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "ID",
    r"(drill-|Bakery |Closed )[0-9a-f]{6}": r"\1RUN",
    r"(token given .*) [\w-]{32}\b": r"\1 TOKEN",
    r"[+-]?\d[\d:.,-]*( (ms|s|min))?\b": "N",
    r"[ ]+": " ",
}
"""What is another in each drill: ids, names, times and counts."""


def shape(page: str) -> list[str]:
    for pattern, stand_in in VARIES.items():
        page = re.sub(pattern, stand_in, page)
    return page.splitlines()


def test_every_fault_is_named_and_mended_and_the_page_tells_what_was_seen(
    running_market: RunningMarket, tmp_path: Path
) -> None:
    done = running_market.run("deploy.local.drill", "--here", "--json", "--write", str(tmp_path / "seen.md"))
    found = json.loads(done.stdout)
    assert done.returncode == 0, [act for act in found["acts"] if not act["ok"]] or found
    assert [act["fault"] for act in found["acts"]] == [
        *("token row deleted", "token revoked before", "token revoked after", "vendor suspended"),
        *("mapping row deleted", "inbox row deleted", "binding removed", "handler raising", "consumer stopped"),
    ]
    assert found["same"] is True
    told = (ROOT / "docs" / "debugging-mappings.md").read_text(encoding="utf-8")
    again = "it is no longer so: make drill WRITE=docs/debugging-mappings.md"
    assert shape((tmp_path / "seen.md").read_text(encoding="utf-8")) == shape(told), again


def test_the_commands_work_on_a_running_system(running_market: RunningMarket) -> None:
    assert running_market.market("mappings", "reconcile").returncode == 0
    assert "customer.created" in running_market.market("events", "list").stdout
    assert running_market.market("parked", "list").returncode == 0
    unknown = running_market.market("mappings", "explain", "--customer", "nobody@x.example")
    assert (unknown.returncode, unknown.stderr) == (1, "market: Nobody registered as nobody@x.example.\n")


def test_files_that_a_command_names_lie_where_it_was_called_from(
    running_market: RunningMarket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKET_CALLER", str(tmp_path))
    written = running_market.market("events", "export", "vendor", "--redact", "--output", "slice.jsonl")
    assert written.returncode == 0, written.stderr
    assert json.loads((tmp_path / "slice.jsonl").read_text().splitlines()[0])["redacted"] is True
    elsewhere = running_market.market("replay", "vendor", "--code", ".")
    assert (elsewhere.returncode, ". is no checkout" in elsewhere.stderr) == (2, True), elsewhere.stderr
    for folder in ("services", "shared"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    same = running_market.market("replay", "vendor", "--code", ".", "--json")
    assert same.returncode in {0, 3}, same.stderr  # a drill before this leaves links behind that are gone for good
    assert json.loads(same.stdout)["selection"] == "judged again"
