"""A real Chromium in front of the whole running system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import PATIENCE, Market
from tests.infrastructure.chromium import Chromium
from tests.infrastructure.running import RunningMarket


@pytest.fixture(scope="session")
def market(request: pytest.FixtureRequest) -> Market:
    """The system under test: a fresh one, or the running one whose state folder TEST_MARKET_STATE names."""
    if folder := os.environ.get("TEST_MARKET_STATE"):
        running = RunningMarket(Path(folder))
        return Market(running, running.state()["address"])
    running = request.getfixturevalue("running_market")
    return Market(running, running.address)


@pytest.fixture(scope="session")
def browser(chromium: Chromium) -> Iterator[Browser]:
    """One Chromium for the run; each test gets contexts, with cookies, of its own."""
    options = {**chromium.options, "args": [*chromium.options["args"], "--disable-background-networking"]}
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(**options)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def vendor_a(market: Market) -> dict[str, str]:
    """Vendor A, new in this run, so that lists begin empty."""
    return market.new_vendor("Vendor A")
