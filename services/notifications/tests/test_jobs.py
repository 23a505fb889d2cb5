"""What runs by the clock, and what an operator may ask for."""

import json
from dataclasses import replace
from typing import Any

import pytest
from click import Command
from click.testing import CliRunner
from sqlalchemy import text

from services.notifications import jobs
from services.notifications.__main__ import SERVICE
from services.notifications.settings import Settings
from services.notifications.tests.world import World, confirmed, erased
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.runtime.service import Service


@pytest.fixture
def service(settings: Settings) -> Service:
    """The service, with the module's database."""
    return replace(SERVICE, settings=lambda: settings)


def run(service: Service, job: Command, *arguments: str) -> str:
    done = CliRunner().invoke(job, arguments, obj=service)
    assert done.exit_code == 0, done.output
    return done.output


def said(service: Service, job: Command) -> dict[str, Any]:
    return dict(json.loads(run(service, job)))


def test_what_was_read_long_ago_is_forgotten_and_never_told_again(service: Service, database: Database) -> None:
    read = text("UPDATE message SET read_at = now() - :days * interval '1 day' WHERE id = :id")
    with database.transaction() as session:
        world = World(session)
        ada = world.person()
        told = world.tell(*(confirmed(ada) for _ in range(3)))
        session.execute(text("UPDATE delivery SET state = 'sent'"))
        old, recent, unread = (message.id for message in world.messages(ada))
        for key, days in ((old, 181), (recent, 179)):
            session.execute(read, {"id": key, "days": days})
    assert said(service, jobs.prune)["message"] == 1
    with database.transaction() as session:
        world = World(session)
        world.tell(*told)
        assert [message.id for message in world.messages(ada)] == [recent, unread]
        assert len(world.deliveries(ada)) == 3


def test_what_is_still_to_be_sent_is_kept(service: Service, database: Database) -> None:
    with database.transaction() as session:
        world = World(session)
        ada = world.person()
        world.tell(confirmed(ada))
        session.execute(
            text("UPDATE message SET read_at = now() - interval '1 year' WHERE recipient_id = :p"), {"p": ada}
        )
    said(service, jobs.prune)
    with database.transaction() as session:
        assert len(World(session).messages(ada)) == 1


def test_what_was_written_while_somebody_left_is_removed(service: Service, database: Database) -> None:
    with database.transaction() as session:
        world = World(session)
        ada = world.person()
        world.tell(confirmed(ada))
        kept = session.execute(text("SELECT * FROM message WHERE recipient_id = :p"), {"p": ada}).one()
        world.tell(erased(ada))
        again = text(
            "INSERT INTO message VALUES (:id, :event_id, :kind, :recipient_id, :aggregate_id, '{}', :occurred_at, 'x')"
        )
        session.execute(again, {name: value for name, value in kept._mapping.items() if name != "params"})
    assert said(service, jobs.prune)["message_of_erased"] == 1


def test_what_was_set_aside_while_its_shop_was_written_is_told(service: Service, database: Database) -> None:
    with database.transaction() as session:
        world = World(session)
        vendor, owner = world.shop()
        aside = text(
            "INSERT INTO unaddressed VALUES (:id, 'stock_low', :vendor, :id, '{\"vendor_id\": null}', now(), 'test')"
        )
        session.execute(aside, {"id": new_id(), "vendor": vendor})
    assert said(service, jobs.address) == {"addressed": 1}
    assert said(service, jobs.address) == {"addressed": 0}
    with database.transaction() as session:
        assert "stock_low" in World(session).kinds(owner)


def test_a_template_is_shown_as_text_and_as_html(service: Service) -> None:
    shown = run(service, jobs.preview, "stock_low", "--language", "de")
    assert shown.startswith("Nur noch 5 von Cedar bowl\n")
    assert "Produkt öffnen: http://localhost:8000/vendor/products/" in shown
    assert run(service, jobs.preview, "stock_low", "--html").startswith("<!doctype html>")
