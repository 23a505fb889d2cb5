"""The audit trail can be added to and read; nobody changes it, the tables' owner by accident neither."""

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from services.vendor.models import AuditEntry
from services.vendor.settings import Settings
from services.vendor.tests.building import approved
from shared.kit.database import Database
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.migrations import migrate_by_command

ATTEMPTS = ["UPDATE audit_entry SET reason = 'nothing happened'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]


@pytest.fixture(scope="module")
def entries(database: Database) -> int:
    with database.transaction() as session:
        approved(session)
    return count(database)


def count(database: Database) -> int:
    with database.transaction() as session:
        return len(session.scalars(select(AuditEntry)).all())


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_service_may_not(attempt: str, database: Database, entries: int) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied for table audit_entry"),
        database.transaction() as session,
    ):
        session.execute(text(attempt))
    assert count(database) == entries > 0


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_owner_cannot_by_accident(attempt: str, settings: Settings, database: Database, entries: int) -> None:
    owner = create_engine(settings.owner_database_url)
    with (
        pytest.raises(ProgrammingError, match=r"append-only: (UPDATE|DELETE|TRUNCATE) is refused"),
        owner.begin() as connection,
    ):
        connection.execute(text(attempt))
    owner.dispose()
    assert count(database) == entries


def test_another_migration_gives_the_right_back_to_nobody(settings: Settings, database: Database, entries: int) -> None:
    migrate_by_command("vendor", TestDatabase("", str(settings.database_url), str(settings.owner_database_url), ""))
    with pytest.raises(ProgrammingError, match="permission denied"), database.transaction() as session:
        session.execute(text(ATTEMPTS[0]))


def test_an_act_that_is_undone_leaves_no_row(session: Session, database: Database, entries: int) -> None:
    approved(session, "Undone")
    session.rollback()
    assert count(database) == entries
