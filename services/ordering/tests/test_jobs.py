"""What runs by the clock."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click import Command
from click.testing import CliRunner
from sqlalchemy import text

from services.ordering import jobs
from services.ordering.__main__ import SERVICE
from services.ordering.domain import fulfilment
from services.ordering.domain.life_cycle import Status
from services.ordering.domain.placing import Rules
from services.ordering.models import CustomerOrder
from services.ordering.settings import Settings
from services.ordering.tests.market import Market, envelope, now, tell
from shared.events.identity import CustomerErased
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.runtime.service import Service


@pytest.fixture
def service(settings: Settings) -> Service:
    """The service, with the module's database."""
    kept = {name: getattr(SERVICE, name) for name in ("name", "version", "web", "migrations", "handlers")}
    return Service(**kept, settings=lambda: settings)


def run(service: Service, job: Command) -> Any:
    done = CliRunner().invoke(job, obj=service)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_orders_whose_time_is_over_are_called_off_once(service: Service, database: Database) -> None:
    with database.transaction() as session:
        market = Market(session)
        order = market.place(new_id(), {market.product(market.seller()): 1}, Rules(None, timedelta(seconds=-1)))
    assert run(service, jobs.advance_sagas) == {"cancelled": 1}
    assert run(service, jobs.advance_sagas) == {"cancelled": 0}
    with database.transaction() as session:
        assert session.get_one(CustomerOrder, order.id).status == "cancelled"


def test_carts_that_nobody_came_back_to_are_forgotten(service: Service, database: Database) -> None:
    with database.transaction() as session:
        old = text("INSERT INTO cart (id, version, changed_at) VALUES (:id, 1, now() - :days * interval '1 day')")
        for days in (29, 31):
            session.execute(old, {"id": new_id(), "days": days})
    assert run(service, jobs.prune)["cart"] == 1


def test_who_has_left_is_forgotten_once_their_orders_are_over(service: Service, database: Database) -> None:
    customer = new_id()
    with database.transaction() as session:
        market = Market(session)
        seller = market.seller()
        bowl = market.product(seller)
        over, open_ = market.confirmed(customer, {bowl: 1}), market.confirmed(customer, {bowl: 2})
        (part,) = market.parts(over)
        fulfilment.turn_down(session, seller.id, part.id, Status.REJECTED, "Broken", now(), seller.by)
        for _ in "12":
            tell(session, envelope(CustomerErased(customer_id=customer, erased_at=now()), 2))
        ids = [over.id, open_.id]
    assert run(service, jobs.forget_people) == {"carts": 1, "addresses": 1}
    assert run(service, jobs.forget_people) == {"carts": 0, "addresses": 0}
    with database.transaction() as session:
        known = [session.get_one(CustomerOrder, key).shipping_address for key in ids]
    assert [address["name"] for address in known] == ["[erased]", "Ada Lovelace"]
    assert (known[0]["country"], known[0]["city"], known[0]["postal_code"]) == ("GB", "[erased]", None)
