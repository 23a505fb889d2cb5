"""Statements that only read: outside of transactions, prepared when they are steady, and prepared again when stale."""

from collections.abc import Iterator

import psycopg2
import pytest
from sqlalchemy import text

from shared.kit.database import Database
from shared.kit.settings import Settings
from shared.sql.forms import MOST_PLANS

TWICE = "SELECT CAST(:number AS int) + CAST(:number AS int), CAST(:word AS text), '50%'"


@pytest.fixture
def one(settings: Settings) -> Iterator[Database]:
    """A database with a single connection."""
    made = Database(settings.database_url, application_name="reader", pool_size=1)
    yield made
    made.dispose()


def prepared(database: Database) -> int:
    with database.reading() as reading:
        return int(reading.rows("SELECT count(*) FROM pg_prepared_statements", {})[0][0])


@pytest.mark.parametrize("steady", [False, True])
def test_a_parameter_may_be_used_twice_and_a_colon_may_be_part_of_a_value(one: Database, steady: bool) -> None:
    with one.reading() as reading:
        assert reading.rows(TWICE, {"number": 2, "word": ":number"}, steady=steady) == [(4, ":number", "50%")]


def test_only_what_is_steady_is_prepared_and_once_for_each_connection(one: Database) -> None:
    for number in range(3):
        with one.reading() as reading:
            reading.rows(TWICE, {"number": number, "word": "a"}, steady=True)
            reading.rows("SELECT :number", {"number": number})
    assert prepared(one) == 1


def test_no_more_is_prepared_than_the_server_should_keep(one: Database) -> None:
    with one.reading() as reading:
        for number in range(MOST_PLANS + 3):
            assert reading.rows(f"SELECT {number}", {}, steady=True) == [(number,)]
    assert prepared(one) == MOST_PLANS


def test_what_was_discarded_is_prepared_again(one: Database) -> None:
    for _ in "12":
        with one.reading() as reading:
            assert reading.rows(TWICE, {"number": 1, "word": "a"}, steady=True)[0][0] == 2
        with one.transaction() as session:
            session.execute(text("DEALLOCATE ALL"))
    assert prepared(one) == 0
    with one.reading() as reading:
        reading.rows(TWICE, {"number": 1, "word": "a"}, steady=True)
        reading.rows(TWICE, {"number": 1, "word": "a"}, steady=True)
    assert prepared(one) == 1


def test_a_transaction_on_the_same_connection_is_one_again(one: Database) -> None:
    with one.reading() as reading:
        reading.rows("SELECT 1", {})
    with one.transaction() as session:
        assert session.scalar(text("SELECT now()")) == session.scalar(text("SELECT now()"))


def test_a_statement_that_fails_leaves_the_connection_usable(one: Database) -> None:
    with one.reading() as reading, pytest.raises(psycopg2.Error):
        reading.rows("SELECT 1 / :nothing", {"nothing": 0})
    with one.reading() as reading:
        assert reading.rows("SELECT 1", {}) == [(1,)]
