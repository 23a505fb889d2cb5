"""`market up` brings everything, keeps it up, moves beside another, and leaves nothing behind."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from decimal import Decimal

import psutil
import pytest

from deploy.local.running import NOT_RUNNING
from tests.eventually import eventually
from tests.infrastructure.running import RunningMarket
from tests.infrastructure.servers import own_folder

pytestmark = pytest.mark.system


@pytest.fixture
def other_market() -> Iterator[RunningMarket]:
    """A second system, beside the one that runs."""
    market = RunningMarket(own_folder())
    yield market
    market.down()
    shutil.rmtree(market.state_folder, ignore_errors=True)


def family(market: RunningMarket) -> list[psutil.Process]:
    """The supervisor and everything it started."""
    supervisor = psutil.Process(market.state()["pid"])
    return [supervisor, *supervisor.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    return not [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def test_the_demo_shows_the_mapping_every_refusal_and_an_order_that_adds_up(running_market: RunningMarket) -> None:
    done = running_market.market("demo", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, [step for step in found["steps"] if not step["ok"]]
    assert [row["vendor_id"] for row in found["rows"]] == [found["vendor"]["id"]] * 3
    recorded = {refusal["recorded"] for refusal in found["refusals"]}
    assert recorded == {"unknown_token", "expired", "revoked", "exhausted"}
    *parts, whole = [Decimal(row["total"]) for row in found["split"]]
    assert (len(parts), sum(parts)) == (4, whole)


def test_the_demo_fails_and_names_the_step_when_events_do_not_flow(running_market: RunningMarket) -> None:
    consumers = [it for it in running_market.state()["programs"] if it["name"] == "vendor-consumer"]
    stopped = [psutil.Process(it["pid"]) for it in consumers]
    for process in stopped:
        process.suspend()
    try:
        done = running_market.market("demo", "--json")
    finally:
        for process in stopped:
            process.resume()
    assert done.returncode == 1
    failed = [step["claim"] for step in json.loads(done.stdout)["steps"] if not step["ok"]]
    assert "three vendor_customer rows, all pointing to Vendor A" in failed


def test_a_killed_process_comes_back(running_market: RunningMarket) -> None:
    before = {program["name"]: program["pid"] for program in running_market.state()["programs"]}
    os.kill(before["vendor-consumer"], signal.SIGKILL)

    def is_back() -> bool:
        now = {program["name"]: program["pid"] for program in running_market.state()["programs"]}
        return now["vendor-consumer"] not in {None, before["vendor-consumer"]}

    eventually(is_back, timeout=20)


def test_a_role_opens_psql_on_its_own_database(running_market: RunningMarket) -> None:
    done = running_market.market("psql", "vendor", "-tAc", "select current_user")
    assert done.stdout.strip() == "vendor_app"


def test_a_taken_port_is_refused_with_the_holder_s_name(
    running_market: RunningMarket, other_market: RunningMarket
) -> None:
    done = other_market.market("up", "--port", str(running_market.port))
    assert done.returncode == 1
    assert f"port {running_market.port} is held by pid" in done.stderr
    assert "nginx" in done.stderr


def test_a_second_system_works_beside_the_first_and_leaves_nothing_when_it_is_killed(
    running_market: RunningMarket, other_market: RunningMarket
) -> None:
    supervisor = other_market.begin()
    eventually(lambda: other_market.market("status").returncode != NOT_RUNNING, timeout=60)
    done = other_market.market("demo")  # it waits for a system that is starting
    assert done.returncode == 0, done.stdout + done.stderr
    assert other_market.state()["memory"] <= 1.2 * 2**30
    others = family(other_market)
    assert len(others) > 10
    supervisor.kill()
    supervisor.wait()
    eventually(lambda: gone(others), timeout=30)
    assert running_market.market("status").returncode == 0


def test_a_stopped_system_leaves_nothing_and_starts_again_with_its_data(other_market: RunningMarket) -> None:
    other_market.up()
    vendor = json.loads(other_market.market("create-test-vendor", "Kept", "--json").stdout)
    everything = family(other_market)
    assert other_market.market("down").returncode == 0
    assert gone(everything)
    assert other_market.market("status").returncode == NOT_RUNNING
    other_market.up()
    found = other_market.market("psql", "vendor", "-tAc", f"select name from vendor where id = '{vendor['id']}'")
    assert found.stdout.strip() == "Kept"


@pytest.mark.parametrize("started", [0, 3, 6])
def test_a_start_that_is_broken_off_ends_within_seconds_and_leaves_nothing(
    other_market: RunningMarket, started: int
) -> None:
    supervisor = other_market.begin()
    state = other_market.state_folder / "run/state.json"
    eventually(lambda: len(json.loads(state.read_text())["programs"]) >= started, timeout=60)
    processes = psutil.Process(supervisor.pid).children(recursive=True)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(30) == 0
    assert gone(processes)


def test_seeding_makes_vendors_of_every_fate_and_again_changes_nothing(running_market: RunningMarket) -> None:
    first, second = (json.loads(running_market.market("seed", "--json").stdout) for _ in "12")
    assert {made.rpartition(": ")[2] for made in (*first["made"], *first["found"])} == {
        "approved",
        "pending",
        "rejected",
        "suspended",
    }
    assert second["stocked"] == "0 products with 0 pictures in 0 new categories"
    products = running_market.market("psql", "catalog", "-tAc", "select count(*) from product")
    assert int(products.stdout) >= 200
    assert (second["made"], set(second["found"])) == ([], {*first["made"], *first["found"]})
    counted = running_market.market("psql", "vendor", "-tAc", "select count(*) from vendor where name like 'Acme%'")
    assert counted.stdout.strip() == "1"
