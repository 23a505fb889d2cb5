"""What replays leave behind goes: after a day by the scheduler, at once by a migration, never under a running one."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.vendor.__main__ import SERVICE
from services.vendor.tests.shop import Shop
from shared.messaging.replay.running import ReplayRefused
from shared.runtime.main import command_line
from shared.runtime.timetable import timetable
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.migrations import service_environment


def shadows(shop: Shop) -> list[str]:
    with shop.database.transaction() as session:
        found = text("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'replay_') ORDER BY 1")
        return list(session.scalars(found))


def run(shop: Shop, *words: str) -> Any:
    at = TestDatabase("vendor", shop.database.engine.url.render_as_string(hide_password=False), shop.owner_url, "")
    done = CliRunner().invoke(command_line(SERVICE), words, env=service_environment("vendor", at))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout.splitlines()[-1])


def left_behind(shop: Shop) -> str:
    """Somebody looked, and went away."""
    shop.register(1)
    shop.replay().run()
    (shadow,) = shadows(shop)
    return shadow


def test_the_service_s_own_role_drops_what_is_older_than_a_day_and_leaves_the_rest(shop: Shop) -> None:
    old = left_behind(shop)
    assert run(shop, "job", "drop-shadows") == {"dropped": 0, "shadows": []}
    with pytest.raises(ProgrammingError, match="must be owner"):
        shop.do(f"DROP SCHEMA {old} CASCADE")
    assert run(shop, "job", "drop-shadows", "--hours", "0") == {"dropped": 1, "shadows": [old]}
    assert shadows(shop) == []


def test_a_running_replay_keeps_its_shadow(shop: Shop) -> None:
    shadow = left_behind(shop)
    with shop.replay().shadow.held():
        assert run(shop, "job", "drop-shadows", "--hours", "0")["dropped"] == 0
    assert shadows(shop) == [shadow]


def test_what_was_dropped_has_to_be_shown_again_before_it_is_applied(shop: Shop) -> None:
    shop.register(1)
    shop.do("DELETE FROM vendor_customer")
    digest = shop.replay().run().digest
    run(shop, "job", "drop-shadows", "--hours", "0")
    with pytest.raises(ReplayRefused, match="make one first"):
        shop.replay().apply(digest)


def test_a_migration_drops_all_that_nobody_works_on(shop: Shop) -> None:
    left_behind(shop)
    run(shop, "migrate", "--json")
    assert shadows(shop) == []


def test_the_scheduler_does_it() -> None:
    assert "drop-shadows" in {each.name for each in timetable(SERVICE)}
