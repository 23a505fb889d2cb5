"""What is planned once: it answers as if it were not, inside the transaction, and no connection keeps too many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from shared.kit.database import Database
from shared.kit.settings import Settings
from shared.sql import steady
from tests.infrastructure.listening import heard

ADD = """
    INSERT INTO note (id, words, at) SELECT CAST(:id AS uuid), :words, CAST(:at AS timestamptz)
    RETURNING id, words || ' 100%' AS words, at
"""
FIND = "SELECT words FROM note WHERE id = ANY(CAST(:ids AS uuid[]))"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def notes(settings: Settings) -> Iterator[Database]:
    """A table, and a single connection of who owns it."""
    made = Database(settings.owner_database_url, application_name="steady", pool_size=1)
    with made.transaction() as session:
        session.execute(text("CREATE TABLE note (id uuid PRIMARY KEY, words text NOT NULL, at timestamptz)"))
    yield made
    with made.transaction() as session:
        session.execute(text("DROP TABLE note"))
    made.dispose()


def add(session: Session, words: str = "said", key: UUID | None = None) -> tuple[UUID, str, datetime]:
    (row,) = steady.run(session, ADD, {"id": key or uuid4(), "words": words, "at": NOW})
    return row.id, row.words, row.at


def add_after_its_end(session: Session) -> None:
    """Have the server end this session's connection, as another one asks it to; then add."""
    number = session.scalar(text("SELECT pg_backend_pid()"))
    other = create_engine(session.connection().engine.url, poolclass=NullPool)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:number, 1000)"), {"number": number})
    add(session)


def test_it_answers_with_values_of_their_types_the_first_time_and_afterwards(notes: Database) -> None:
    key = uuid4()
    with notes.transaction() as session:
        assert add(session, "100% true: a 'quote'", key) == (key, "100% true: a 'quote' 100%", NOW)
        assert add(session)[1] == "said 100%"
        found = steady.run(session, FIND, {"ids": f"{{{key}}}"})
        assert [row.words for row in found] == ["100% true: a 'quote'"]


def test_it_is_planned_once_and_called_afterwards(notes: Database) -> None:
    with notes.transaction() as session, heard(session.connection()) as said:
        for _ in range(3):
            add(session)
    assert [statement.split(" ", 1)[0] for statement in said] == ["SET", "EXECUTE", "EXECUTE", "EXECUTE"]


def test_what_it_wrote_goes_with_its_transaction_and_the_plan_stays(notes: Database) -> None:
    with notes.transaction() as session:
        key = add(session)[0]
        session.rollback()
    with notes.transaction() as session:
        assert steady.run(session, FIND, {"ids": f"{{{key}}}"}) == []
        add(session)


def test_a_refusal_is_one_of_sqlalchemys(notes: Database) -> None:
    key = uuid4()
    with notes.transaction() as session:
        add(session, key=key)
    with pytest.raises(IntegrityError), notes.transaction() as session:
        add(session, key=key)


def test_a_connection_keeps_so_many_and_runs_the_others_as_they_are(
    notes: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady, "MOST_PLANS", 1)
    with notes.transaction() as session:
        key = add(session)[0]
        assert steady.run(session, FIND, {"ids": f"{{{key}}}"}) == [("said",)]
        assert session.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 1


def test_after_a_table_has_changed_it_fails_once_and_is_planned_anew(notes: Database) -> None:
    every = "SELECT * FROM changing WHERE words = :words"
    with notes.transaction() as session:
        session.execute(text("CREATE TABLE changing (words text)"))
        steady.run(session, every, {"words": "a"})
    with notes.transaction() as session:
        session.execute(text("ALTER TABLE changing ADD at timestamptz"))
    with pytest.raises(DBAPIError), notes.transaction() as session:
        steady.run(session, every, {"words": "a"})
    with notes.transaction() as session:
        assert steady.run(session, every, {"words": "a"}) == []
        session.execute(text("DROP TABLE changing"))


def test_a_connection_that_the_server_has_ended_is_told_as_an_outage_and_replaced(notes: Database) -> None:
    with notes.transaction() as session:
        add(session)
    with pytest.raises(OperationalError) as told, notes.transaction() as session:
        add_after_its_end(session)
    assert told.value.connection_invalidated
    with notes.transaction() as session:
        assert add(session)[1] == "said 100%"
