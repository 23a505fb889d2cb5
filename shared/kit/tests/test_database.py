"""A block is a transaction, waits are bounded, and what was read outlives its session."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from shared.kit.database import Database
from shared.kit.errors import Refusal
from shared.kit.failures import as_refusal
from shared.kit.settings import Settings
from shared.kit.tests.conftest import settings_for
from tests.infrastructure.databases import TestDatabase


def ask(database: Database, sql: str, **values: Any) -> Any:
    with database.transaction() as session:
        return session.scalar(text(sql), values)


def hits(database: Database) -> int:
    return int(ask(database, "SELECT coalesce(sum(hits), 0) FROM rate_limit"))


INSERT = text(
    "INSERT INTO rate_limit VALUES ('x', 1, now()) ON CONFLICT (key) DO UPDATE SET hits = rate_limit.hits + 1"
)


def test_a_block_is_committed_at_its_end_and_undone_when_it_raises(database: Database) -> None:
    with database.transaction() as session:
        session.execute(INSERT)
    before = hits(database)
    with pytest.raises(Refusal):
        refuse_after_writing(database)
    assert hits(database) == before == 1


def refuse_after_writing(database: Database) -> None:
    with database.transaction() as session:
        session.execute(INSERT)
        raise Refusal


def test_times_are_utc_whatever_the_server_is_set_to(settings: Settings, kit_database: TestDatabase) -> None:
    superuser = create_engine(kit_database.superuser_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with superuser.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {kit_database.name} SET TimeZone = 'Asia/Tokyo'"))
    new = Database(settings.database_url, application_name="kit-tests")
    assert ask(new, "SHOW TimeZone") == "UTC"
    assert ask(new, "SELECT now()").utcoffset().total_seconds() == 0
    new.dispose()


def test_waits_are_bounded(database: Database) -> None:
    assert ask(database, "SHOW statement_timeout") == "10s"
    assert ask(database, "SHOW lock_timeout") == "8s"
    assert ask(database, "SHOW idle_in_transaction_session_timeout") == "30s"
    assert ask(database, "SHOW application_name") == "kit-tests"


def test_a_statement_that_takes_too_long_is_ended(settings: Settings) -> None:
    hasty = Database(settings.database_url, application_name="hasty", statement_timeout=0.05)
    started = time.monotonic()
    with pytest.raises(OperationalError):
        ask(hasty, "SELECT pg_sleep(5)")
    assert time.monotonic() - started < 2
    hasty.dispose()


def test_a_lock_that_is_not_given_up_is_not_waited_for(settings: Settings, database: Database) -> None:
    hasty = Database(settings.database_url, application_name="hasty", lock_timeout=0.05)
    with database.transaction() as holder:
        holder.execute(INSERT)
        with pytest.raises(OperationalError) as raised, hasty.transaction() as session:
            session.execute(INSERT)
    refusal = as_refusal(raised.value)
    assert refusal is not None
    assert (refusal.status, refusal.headers()) == (503, {"Retry-After": "2"})
    hasty.dispose()


def test_a_connection_that_died_is_replaced_unnoticed(settings: Settings, database: Database) -> None:
    one = Database(settings.database_url, application_name="doomed", pool_size=1)
    one.ping()
    # With a time to wait, it returns when the server process is gone: as after any failure that a pool can notice.
    ask(database, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'doomed'")
    one.ping()
    one.dispose()


def test_a_database_that_is_not_there_is_said_soon() -> None:
    nowhere = Database(settings_for().database_url, application_name="lost")
    started = time.monotonic()
    with pytest.raises(OperationalError):
        nowhere.ping()
    assert time.monotonic() - started < 4


def test_parameters_do_not_appear_in_errors(database: Database) -> None:
    with pytest.raises(Exception, match="hidden") as raised:
        ask(database, "SELECT CAST(:value AS int)", value=datetime(2026, 1, 1, tzinfo=UTC))
    assert "2026" not in str(raised.value).replace("SELECT", "").split("[SQL", 1)[1]


def test_session_info_is_there_for_those_who_listen(settings: Settings) -> None:
    belled = Database(settings.database_url, application_name="kit-tests", session_info={"bell": 1})
    with belled.transaction() as session:
        assert session.info == {"bell": 1}
    belled.dispose()


def test_a_child_process_does_not_use_its_parents_connections(settings: Settings) -> None:
    one = Database(settings.database_url, application_name="parent", pool_size=1)
    mine = ask(one, "SELECT pg_backend_pid()")
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        one.forked()
        os.write(writer, str(ask(one, "SELECT pg_backend_pid()")).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(reader, 100)) != mine
    assert ask(one, "SELECT pg_backend_pid()") == mine
    one.dispose()
