"""What other code would make of the same events: seen by a reviewer, applied by nobody."""

import json
from pathlib import Path

import pytest

from services.vendor.tests.building import HOUR, NOON, created
from services.vendor.tests.shop import Shop
from shared.runtime import code
from tests.infrastructure.databases import TestDatabase
from tests.replay.conftest import Command, change

RULE = "services/vendor/domain/invites.py"


@pytest.fixture
def candidate(checkout: Path) -> Path:
    """A checkout that lets links expire an hour early."""
    change(checkout / RULE, "invite.expires_at <= at:", "invite.expires_at <= at + timedelta(hours=1):")
    change(checkout / RULE, "from datetime import datetime\n", "from datetime import datetime, timedelta\n")
    return checkout


def tables(shop: Shop) -> list[list[str]]:
    return [shop.rows(table) for table in ("invite_outcome", "vendor_customer", "customer", "outbox")]


def test_a_reviewer_sees_by_column_what_other_code_would_make(
    shop: Shop, at: TestDatabase, candidate: Path, vendor_command: Command
) -> None:
    shop.register(3)
    shop.tell(created(shop.link.token, at=NOON - HOUR))
    before = tables(shop)
    shown = vendor_command(at, "replay", "--code", str(candidate))
    assert shown.returncode == 3, shown.stderr
    lines = shown.stdout.splitlines()
    assert max(map(len, lines)) <= 80, shown.stdout
    place = lines.index("invite_outcome.outcome")
    assert lines[place + 1].split() == ["3", "rows", "linked", "→", "expired"]
    assert any("judged again" in line for line in lines)
    assert "This is for looking at" in shown.stdout
    assert tables(shop) == before


def test_a_program_reads_the_same(shop: Shop, at: TestDatabase, candidate: Path, vendor_command: Command) -> None:
    (person, _other) = shop.register(2)
    shown = vendor_command(at, "replay", "--code", str(candidate), "--customer", str(person), "--json")
    told = json.loads(shown.stdout)
    assert told["code"] == code.digest("vendor", candidate) != code.digest("vendor")
    assert told["counts"]["invite_outcome"]["change"] == 1
    assert told["counts"]["vendor_customer"]["only_live"] == 1
    (outcome,) = (it for it in told["changes"] if it["column"] == "outcome")
    assert (outcome["before"], outcome["after"], outcome["rows"]) == ("linked", "expired", 1)


def test_events_choose_whose_whole_histories_are_looked_at(
    shop: Shop, at: TestDatabase, candidate: Path, vendor_command: Command
) -> None:
    shop.register(2)
    shop.tell(late := created(shop.link.token, at=NOON + HOUR / 2))
    shown = vendor_command(at, "replay", "--code", str(candidate), "--since", "2026-03-01T12:15:00", "--json")
    told = json.loads(shown.stdout)
    assert told["counts"]["customer"] == {"insert": 0, "change": 0, "only_live": 0, "same": 1}
    assert str(late.event.customer_id) in told["selection"]


def test_the_same_code_elsewhere_makes_no_difference(
    shop: Shop, at: TestDatabase, checkout: Path, vendor_command: Command
) -> None:
    shop.register(2)
    assert vendor_command(at, "replay", "--code", str(checkout)).returncode == 0


def test_other_code_is_never_applied_and_must_be_there(
    shop: Shop, at: TestDatabase, candidate: Path, tmp_path_factory: pytest.TempPathFactory, vendor_command: Command
) -> None:
    shop.register(1)
    refused = vendor_command(at, "replay", "--code", str(candidate), "--apply", "0" * 16)
    assert (refused.returncode, refused.stderr.strip()) == (
        1,
        "Error: what other code makes is for looking at: it cannot be applied",
    )
    nowhere = vendor_command(at, "replay", "--code", str(tmp_path_factory.mktemp("nothing")))
    assert nowhere.returncode == 2
    assert "is no checkout with a service called vendor" in nowhere.stderr
