"""What the log says of people who have left is scrubbed after a while, and a rebuilt table is still the live one."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from services.vendor.__main__ import SERVICE
from services.vendor.domain import decisions
from services.vendor.projections import PROJECTIONS
from services.vendor.tests.building import ADMIN, NOON, application, created, erased, updated
from services.vendor.tests.shop import TABLES, Shop
from shared.events.envelope import decode
from shared.messaging.replay.rebuild import Rebuild
from shared.messaging.scrubbing import MARKER
from shared.runtime.main import command_line
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.migrations import service_environment

NAMES = ("Wilhelmina", "wilhelmina@x.example", "Mrs Harker", "harker@x.example", "shop@harker.example")


def scrub(shop: Shop, *words: str) -> Any:
    at = TestDatabase("vendor", shop.database.engine.url.render_as_string(hide_password=False), shop.owner_url, "")
    words = ("job", "scrub-erased", *words)
    done = CliRunner().invoke(command_line(SERVICE), words, env=service_environment("vendor", at))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout.splitlines()[-1])["scrubbed"]


def logs(shop: Shop) -> str:
    return "".join(shop.rows("inbox") + shop.rows("outbox"))


@pytest.fixture
def gone(shop: Shop) -> Shop:
    """Mina came by a link, married, applied, was refused, and left; Ada stayed."""
    person = shop.register(1)[0]
    mina = created(shop.link.token, name="Wilhelmina")
    customer = mina.event.customer_id
    shop.tell(mina, updated(customer, name="Mrs Harker"))
    with shop.database.transaction() as session:
        asked = application(session, "Books", customer, business_email="shop@harker.example")
        decisions.reject(session, asked.id, "No", NOON, ADMIN)
    shop.tell(erased(customer), updated(person, name="Lovelace"))
    shop.do("""UPDATE outbox SET published_at = now(), log_position = nextval('outbox_log_position')
               WHERE published_at IS NULL""")
    return shop


def test_names_e_mails_and_tokens_of_the_erased_go_and_those_of_others_stay(gone: Shop) -> None:
    assert all(name in logs(gone) for name in NAMES if "Harker" in name)
    assert logs(gone).count(gone.link.token) == 2
    assert scrub(gone, "--days", "0") == 3
    assert [name for name in NAMES if name in logs(gone)] == []
    assert logs(gone).count(gone.link.token) == 1
    assert "Lovelace" in logs(gone)
    assert scrub(gone, "--days", "0") == 0


def test_ids_times_and_versions_stay_and_every_event_can_still_be_read(gone: Shop) -> None:
    kept = "event_id, type, aggregate_id, aggregate_version, occurred_at, correlation_id"

    def rest() -> list[Any]:
        with gone.database.transaction() as session:
            rows = f"SELECT {kept}, envelope->>'id', envelope->>'time' FROM inbox ORDER BY seq"  # noqa: S608
            return [tuple(row) for row in session.execute(text(rows))]

    before = rest()
    scrub(gone, "--days", "0")
    assert rest() == before
    with gone.database.transaction() as session:
        raws = session.scalars(text("SELECT CAST(envelope AS text) FROM inbox ORDER BY seq")).all()
    read = [decode(raw).event for raw in raws]
    assert [getattr(event, "name", None) for event in read] == ["Ada", MARKER, MARKER, None, "Lovelace"]


def test_a_rebuilt_table_and_a_replay_are_as_the_live_ones_after_scrubbing(gone: Shop) -> None:
    tables = TABLES.split(", ")
    before = {table: gone.rows(table) for table in tables}
    scrub(gone, "--days", "0")
    assert {table: gone.rows(table) for table in tables} == before
    assert gone.replay().run().empty
    for table in PROJECTIONS.tables:
        if table.definition:
            assert Rebuild(gone.owner_url, table).run().difference.empty


def test_nobody_is_scrubbed_too_early_nor_what_is_still_to_be_sent(shop: Shop) -> None:
    mina = created(shop.link.token, name="Wilhelmina")
    customer = mina.event.customer_id
    shop.tell(mina)
    with shop.database.transaction() as session:
        application(session, "Books", customer, business_email="shop@harker.example")
    shop.tell(erased(customer))
    assert scrub(shop, "--days", "3000") == 0
    assert scrub(shop, "--days", "0") == 1
    assert "shop@harker.example" in logs(shop), "it was not published yet"


def test_the_days_are_a_setting(gone: Shop) -> None:
    gone.do("UPDATE inbox SET occurred_at = now() - interval '29 days' WHERE type = 'customer.erased'")
    assert scrub(gone) == 0
    gone.do("UPDATE inbox SET occurred_at = now() - interval '31 days' WHERE type = 'customer.erased'")
    assert scrub(gone) == 3
