"""The drill on a running system: every fault is named and mended, and nothing else has changed."""

import json

import pytest

from tests.infrastructure.running import RunningMarket

pytestmark = pytest.mark.system


def test_every_fault_is_named_and_mended_and_the_checksum_is_as_before(running_market: RunningMarket) -> None:
    done = running_market.run("deploy.local.drill", "--here", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, [act for act in found["acts"] if not act["ok"]] or found
    assert [act["fault"] for act in found["acts"]] == [
        *("token row deleted", "token revoked before", "token revoked after", "vendor suspended"),
        *("mapping row deleted", "inbox row deleted", "binding removed", "handler raising", "consumer stopped"),
    ]
    assert found["same"] is True


def test_the_commands_work_on_a_running_system(running_market: RunningMarket) -> None:
    assert running_market.market("mappings", "reconcile").returncode == 0
    assert "customer.created" in running_market.market("events", "list").stdout
    assert running_market.market("parked", "list").returncode == 0
    unknown = running_market.market("mappings", "explain", "--customer", "nobody@x.example")
    assert (unknown.returncode, unknown.stderr) == (1, "market: Nobody registered as nobody@x.example.\n")
