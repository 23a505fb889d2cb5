"""The role reaches identity whatever the broker does, and the next refreshed token carries it without a new sign-in.

`BROKER_DOWN=60` keeps the broker away for a minute.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc import jws

from deploy.local.rabbitmq import RabbitMQ
from services.identity.consumers import HANDLERS
from services.vendor.domain import applications, decisions, standing
from services.vendor.domain.applications import Wanted
from shared.kit.audit import By
from shared.messaging.consumer import Consumer
from shared.messaging.doorbell import Chime
from shared.messaging.intake import Intake
from shared.messaging.relay import Relay
from shared.messaging.topology import Broker
from tests.apps import PASSWORD, ROOMS, Marketplace, Person
from tests.eventually import eventually
from tests.infrastructure.plugin import ServiceDatabase

DOWN = float(os.environ.get("BROKER_DOWN", "3"))
ADMIN = By(None, "admin")

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def marketplace(service_database: ServiceDatabase) -> Iterator[Marketplace]:
    made = Marketplace({name: service_database(name) for name in ROOMS})
    yield made
    made.dispose()


@pytest.fixture
def flowing(marketplace: Marketplace, own_broker: RabbitMQ) -> Iterator[RabbitMQ]:
    """Vendor's relay and identity's consumer at work, over a broker that the test may stop."""
    broker = Broker(own_broker.url, "")
    relay = Relay("vendor", marketplace.databases["vendor"].engine, broker, Chime(None))
    intake = Intake(broker, "identity", list(HANDLERS))
    consumer = Consumer("identity", marketplace.databases["identity"].transaction, HANDLERS, intake)
    with running(relay), running(consumer):
        eventually(lambda: intake.connected, timeout=30)
        yield own_broker


@contextmanager
def running(process: Any) -> Iterator[None]:
    thread = threading.Thread(target=process.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        process.stop.set()
        thread.join(20)


def become_vendors(market: Marketplace, people: list[Person]) -> None:
    """Each applies and is approved; every second one is suspended and reactivated at once."""
    now = datetime.now(UTC)
    for number, person in enumerate(people):
        with market.databases["vendor"].transaction() as session:
            asked = applications.submit(session, person.user_id, Wanted("Acme"), now, ADMIN)
            vendor = decisions.approve(session, asked.id, now, ADMIN, default_bps=1000).vendor
        if number % 2:
            with market.databases["vendor"].transaction() as session:
                standing.suspend(session, vendor.id, "Complaints", now, ADMIN)
                standing.reactivate(session, vendor.id, now, ADMIN)


def signed_in(market: Marketplace, person: Person) -> FlaskClient:
    browser = market.apps["identity"].test_client()
    assert browser.post("/login", json={"email": person.email, "password": PASSWORD}).status_code == 200
    return browser


def refreshed_role(browser: FlaskClient, market: Marketplace) -> str:
    answer = browser.post("/token/refresh")
    assert answer.json, answer.status
    token: Any = jws.deserialize_compact(answer.json["access_token"], market.signing_key, algorithms=["Ed25519"])
    return str(json.loads(token.payload)["role"])


def test_the_role_arrives_though_the_broker_was_away_and_nobody_signs_in_again(
    marketplace: Marketplace, flowing: RabbitMQ
) -> None:
    people = [marketplace.person() for _ in range(10)]
    browsers = [signed_in(marketplace, person) for person in people]
    become_vendors(marketplace, people[:2])
    eventually(lambda: {refreshed_role(browser, marketplace) for browser in browsers[:2]} == {"vendor"}, timeout=30)
    flowing.stop()
    become_vendors(marketplace, people[2:])
    time.sleep(DOWN)
    assert {refreshed_role(browser, marketplace) for browser in browsers[2:]} == {"customer"}
    flowing.start()
    eventually(lambda: {refreshed_role(browser, marketplace) for browser in browsers} == {"vendor"}, timeout=60)
