"""A slice of what happened leaves the house without names, and fails as a test elsewhere until the fault is mended."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.vendor.consumers import HANDLERS
from services.vendor.tests.building import HOUR, NOON, created, erased, invite, updated
from services.vendor.tests.shop import Shop
from shared.events.identity import CustomerCreated
from shared.messaging.handlers import batched, run_handlers
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.plugin import ServiceDatabase
from tests.replay.conftest import Command, change
from tests.slices import load_slice, rows_made, rows_wanted

RULE = "services/vendor/domain/claims.py"
FAULT = "    pair = (invite.vendor_id, claim.customer_id)\n    outcome = decide("
FAULTY = "    if invite.max_uses == 1:\n        raise ZeroDivisionError('nobody is left')\n" + FAULT


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def export(command: Command, at: TestDatabase, *arguments: object, root: Path | None = None) -> None:
    given = ("export-events", *map(str, arguments))
    done = command(at, *given, **({"root": root} if root else {}))
    assert done.returncode == 0, done.stderr


def test_nothing_personal_leaves_and_what_belongs_together_stays_together(
    shop: Shop, at: TestDatabase, tmp_path: Path, vendor_command: Command
) -> None:
    person = created(shop.link.token, name="Ada Lovelace")
    shop.tell(person, updated(person.event.customer_id, name="Ada Lovelace"), created(shop.link.token, name="Grace"))
    file = tmp_path / "slice.jsonl"
    export(vendor_command, at, "--redact", "--output", file)
    written = file.read_text().lower()
    for secret in ("lovelace", "grace", "x.example", shop.link.token, "vendor a ", "because"):
        assert secret not in written
    first, second, _third = (line for line in lines(file) if "specversion" in line)
    assert first["data"]["name"] == second["data"]["name"] != "Ada Lovelace"
    (link,) = (line["row"] for line in lines(file) if line.get("table") == "vendor_invite_token")
    assert link["token"] == first["data"]["metadata"]["invite_token"]
    assert link["id"] == str(shop.link.id)


def test_what_leaves_as_it_is_was_asked_for(
    shop: Shop, at: TestDatabase, tmp_path: Path, vendor_command: Command
) -> None:
    shop.tell(created(shop.link.token, name="Ada Lovelace"))
    unsaid = vendor_command(at, "export-events", "--output", str(tmp_path / "slice.jsonl"))
    assert (unsaid.returncode, "--no-redact" in unsaid.stderr) == (2, True)
    export(vendor_command, at, "--no-redact", "--output", tmp_path / "slice.jsonl")
    assert "Ada Lovelace" in (tmp_path / "slice.jsonl").read_text()


def test_a_slice_makes_the_same_rows_in_another_database(
    shop: Shop, at: TestDatabase, tmp_path: Path, vendor_command: Command, service_database: ServiceDatabase
) -> None:
    people = shop.register(3)
    with shop.database.transaction() as session:
        few = invite(session, shop.vendor, max_uses=1)
    shop.tell(created(few.token), created(few.token, at=NOON + HOUR), updated(people[0]), erased(people[1]))
    file = tmp_path / "slice.jsonl"
    export(vendor_command, at, "--redact", "--output", file)
    elsewhere = Shop.__new__(Shop)
    elsewhere.database = type(shop.database)(service_database("vendor").url, application_name="elsewhere")
    with elsewhere.database.transaction() as session:
        run_handlers(HANDLERS, session, load_slice(session, file))
        wanted = rows_wanted(file)
        assert len(wanted["invite_outcome"]) == 5
        assert rows_made(session, file) == wanted
        session.execute(text("UPDATE customer SET name = 'Wrong' WHERE erased_at IS NULL"))
        assert rows_made(session, file) != wanted
    elsewhere.database.dispose()


def test_a_fault_becomes_a_failing_test_in_one_command(
    shop: Shop, at: TestDatabase, checkout: Path, vendor_command: Command
) -> None:
    change(checkout / RULE, FAULT, FAULTY)
    with shop.database.transaction() as session:
        last = invite(session, shop.vendor, max_uses=1)
    shop.consumer.handlers = {**HANDLERS, CustomerCreated: batched(_fails)}
    shop.tell(bad := created(last.token, name="Ada Lovelace"))
    test = checkout / "services/vendor/tests/test_nobody_left.py"
    export(vendor_command, at, "--redact", "--id", bad.id, "--as-test", test, root=checkout)
    assert "Lovelace" not in test.with_suffix(".jsonl").read_text()
    failing = run(test, checkout)
    assert failing.returncode == 1, failing.stdout
    assert "ZeroDivisionError: nobody is left" in failing.stdout
    change(checkout / RULE, FAULTY, FAULT)
    mended = run(test, checkout)
    assert mended.returncode == 0, mended.stdout


def _fails(*_: object) -> None:
    raise ZeroDivisionError("nobody is left")


def run(test: Path, root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(command, cwd=root, env=alone, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            ["--customer", "019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21", "--output", "slice.jsonl"],
            1,
            "told nothing like that",
        ),
        (["--type", "customer.sang"], 2, "is no event"),
        (["--output", "/nowhere/slice.jsonl"], 1, "there is no folder /nowhere"),
        (["--as-test", "fault.py"], 2, "name it test_"),
    ],
)
def test_what_cannot_be_exported_is_a_sentence_and_leaves_no_file(
    shop: Shop, at: TestDatabase, tmp_path: Path, vendor_command: Command, arguments: list[str], code: int, words: str
) -> None:
    given = [str(tmp_path / one) if one == "slice.jsonl" else one for one in arguments]
    refused = vendor_command(at, "export-events", "--redact", *given)
    assert refused.returncode == code
    assert words in refused.stderr
    assert list(tmp_path.iterdir()) == []
