"""The commands as a person sees them, in eighty columns, and as programs read them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner, Result

from deploy.local.cli import market
from deploy.local.inspecting import events, mappings, parked
from services.identity.__main__ import SERVICE as IDENTITY
from services.vendor.__main__ import SERVICE as VENDOR
from services.vendor.reconciliations import REPLAY, RESTORE
from shared.inspection import remedies
from shared.runtime.main import command_line
from tests.inspection.world import World

NOBODY = "01a1f866-0000-7000-8000-000000000000"
"""An id that nothing has; the same in every worker of a run."""
Run = Callable[..., Result]


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    for room in (mappings, events, parked):
        monkeypatch.setattr(room, "running", lambda: world.services)
    return lambda *words: CliRunner().invoke(market, list(words))


def fits(result: Result) -> None:
    """Nothing is wider than a terminal, but commands, which must not be broken, and cursors."""
    wide = [line for line in result.stdout.splitlines() if len(line) > 80]
    assert not [line for line in wide if "./market" not in line and "--cursor" not in line], wide


def test_an_explanation_fits_a_terminal_and_exits_by_what_it_found(world: World, run: Run) -> None:
    long = "Maximiliane-Alexandra von und zu Hohenburg-Rothenstein auf Weilersbach"
    customer = world.joined(long.replace(" ", "-"))
    told = run("mappings", "explain", "--customer", str(customer))
    assert told.exit_code == 0
    assert "✓ delivered" in told.stdout
    fits(told)
    world.vendor.run("DELETE FROM vendor_customer WHERE customer_id = :c", c=customer)
    told = run("mappings", "explain", "--customer", str(customer))
    assert told.exit_code == 1
    assert "✗ row" in told.stdout
    assert told.stdout.rstrip().endswith(remedies.RECONCILE)
    found = json.loads(run("mappings", "explain", "--customer", str(customer), "--json").stdout)
    assert {"customer_id", "token", "outcome", "hops", "sentence", "remedy"} <= found.keys()
    assert {"name", "at", "ok", "detail"} <= found["hops"][0].keys()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["mappings", "explain"], 2, "say --customer or --token"),
        (
            ["mappings", "explain", "--customer", "nobody@x.example"],
            1,
            "market: Nobody registered as nobody@x.example.",
        ),
        (["mappings", "explain", "--customer", NOBODY], 1, "market: Nobody registered as"),
        (["mappings", "reconcile", "--service", "nowhere"], 1, "there is no service called nowhere"),
        (["events", "show", NOBODY], 1, "market: No service wrote an event"),
        (["events", "trace", "not-an-id"], 2, "is not a valid UUID"),
        (["events", "list", "--service", "nowhere"], 1, "there is no service called nowhere"),
        (["events", "list", "--cursor", "@@"], 1, "This is not a cursor"),
        (["parked", "redrive", "--service", "vendor"], 2, "say --signature"),
        (["parked", "redrive", "--service", "nowhere", "--all"], 1, "there is no service called nowhere"),
        (["parked", "dismiss", "--service", "vendor", "--signature", "X-1", "--yes"], 1, "nothing parked in vendor"),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(
    world: World, run: Run, words: list[str], code: int, said: str
) -> None:
    acts = world.vendor.scalar("SELECT count(*) FROM event_act")
    result = run(*words)
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert world.vendor.scalar("SELECT count(*) FROM event_act") == acts


def test_events_are_listed_shown_and_traced(world: World, run: Run) -> None:
    customer = world.joined("Listed")
    event = str(world.event_of(customer))
    listed = run("events", "list", "--customer", str(customer))
    assert event in listed.stdout
    assert "vendor_customer.linked" in listed.stdout
    shown = run("events", "show", event)
    assert "customer.created" in shown.stdout
    traced = run("events", "trace", event)
    assert "✓ handled" in traced.stdout
    for result in (listed, shown, traced):
        assert result.exit_code == 0
        fits(result)
    assert json.loads(run("events", "trace", event, "--json").stdout)["roots"]
    assert run("events", "list", "--type", "no.such").stdout == "no event is like that\n"


def test_a_service_that_is_down_is_named_by_reconcile(world: World, run: Run) -> None:
    world.identity.way.down = True
    result = run("mappings", "reconcile")
    assert result.exit_code == 1
    assert "identity cannot be asked" in result.stdout
    fits(result)


def test_parked_events_are_counted_before_they_are_redriven(world: World, run: Run) -> None:
    customer = world.register("Stuck", world.link().token)
    world.publish()
    world.vendor.alter("ALTER TABLE vendor_customer ADD CONSTRAINT no_more CHECK (false) NOT VALID")
    world.deliver(customer)
    while world.consumer().retry_due():
        continue
    world.vendor.alter("ALTER TABLE vendor_customer DROP CONSTRAINT no_more")
    event = str(world.event_of(customer))
    listed = run("parked", "list")
    assert "1 parked" in listed.stdout
    shown = run("parked", "show", "--service", "vendor")
    assert event in shown.stdout
    for result in (listed, shown):
        fits(result)
    words = ["parked", "redrive", "--service", "vendor", "--id", event]
    assert "would redrive" in run(*words, "--preview").stdout
    assert run(*words).exit_code == 1, "without an answer nothing is done"
    assert world.vendor.scalar("SELECT status FROM inbox WHERE event_id = :e", e=event) == "parked"
    assert run(*words, "--yes").exit_code == 0
    assert world.vendor.scalar("SELECT status FROM inbox WHERE event_id = :e", e=event) == "retry"


@pytest.mark.parametrize("command", [*remedies.ALL, REPLAY, RESTORE])
def test_every_remedy_is_a_command_that_exists_with_these_options(command: str) -> None:
    words = shlex.split(command.format(service="vendor", event_id=NOBODY))
    root: click.Command = market
    if words[0] == "python":
        service = {"services.vendor": VENDOR, "services.identity": IDENTITY}[words[2]]
        root, words = command_line(service), words[2:]
    _parses(root, words[1:])


def _parses(command: click.Command, words: list[str]) -> None:
    while isinstance(command, click.Group):
        found = command.commands.get(words[0])
        assert found is not None, f"there is no {words[0]}"
        command, words = found, words[1:]
    command.make_context("x", list(words), resilient_parsing=False)


@pytest.mark.parametrize(
    "words",
    [(group.name, name) for group in (mappings.mappings, events.events, parked.parked) for name in group.commands],
)
def test_every_command_explains_itself_with_an_example(words: tuple[str, str]) -> None:
    result = CliRunner().invoke(market, [*words, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert "--json" in result.stdout
