"""The replay command: what a person sees of it, what a program reads, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from services.vendor.consumers import HANDLERS
from services.vendor.projections import PROJECTIONS
from services.vendor.settings import Settings
from services.vendor.tests.shop import Shop
from shared.runtime.replay import replay_command
from shared.runtime.service import Service

NOBODY = "019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"


@pytest.fixture
def command(settings: Settings) -> Callable[..., Any]:
    service = Service(
        name="vendor",
        version="0",
        settings=lambda: settings,
        web="services.vendor.app",
        migrations=Path(),
        handlers=HANDLERS,
        projections=PROJECTIONS,
    )
    runner = CliRunner()
    return lambda *arguments: runner.invoke(replay_command(service), arguments)


def test_the_command_shows_the_rows_and_the_way_to_mend_them(shop: Shop, command: Any) -> None:
    (person,) = shop.register(1)
    shop.do("DELETE FROM vendor_customer")
    shown = command("--customer", str(person))
    assert shown.exit_code == 3
    assert "would insert vendor_customer: id=" in shown.stdout
    digest = shown.stdout.split("--apply ")[1].split()[0]
    assert command("--customer", str(person), "--apply", digest).stdout == "written: 1 of vendor_customer\n"
    assert command("--customer", str(person)).exit_code == 0


def test_the_command_speaks_json(shop: Shop, command: Any) -> None:
    shop.register(1)
    shop.do("UPDATE customer SET name = 'Wrong'")
    document = json.loads(command("--json").stdout)
    (row,) = document["rows"]
    assert (row["table"], row["kind"], row["changed"]) == ("customer", "change", ["name"])
    assert document["counts"]["customer"] == {"insert": 0, "change": 1, "only_live": 0, "same": 0}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--type", "customer.sang"], 2, "is no event"),
        (["--type", "vendor.approved"], 2, "is not listened to here"),
        (["--as-of", "2999-01-01"], 2, "is in the future"),
        (["--customer", "nobody"], 2, "is not a valid UUID"),
        (["--customer", NOBODY], 1, f"nothing like that was ever handled here: of {NOBODY}"),
        (["--id", NOBODY], 1, f"nothing like that was ever handled here: with the id {NOBODY}"),
        (["--source", "publisher"], 1, "the log of identity cannot be read, nothing was changed"),
        (["--apply", "0" * 16], 1, "of another dry run"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    shop: Shop, command: Any, arguments: list[str], code: int, words: str
) -> None:
    if "--apply" in arguments:
        command()
    before = [shop.rows(table) for table in ("vendor_customer", "customer", "invite_outcome", "outbox")]
    refused = command(*arguments)
    assert [shop.rows(table) for table in ("vendor_customer", "customer", "invite_outcome", "outbox")] == before
    assert len(refused.stderr.strip().splitlines()) == (1 if code == 1 else 4)
    assert refused.exit_code == code
    assert words in refused.stderr


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_token_is_not_told_to_whoever_looks(shop: Shop, command: Any, form: tuple[str, ...]) -> None:
    shop.register(1)
    shop.do("DELETE FROM invite_outcome")
    shown = command(*form).stdout
    assert shop.link.token[:6] in shown
    assert shop.link.token not in shown
    shop.register(1)
    shop.do("UPDATE invite_outcome SET token = 'another-long-token-that-is-secret'")
    shown = command(*form).stdout
    assert "another-long-token" not in shown
    assert shop.link.token not in shown
