"""Migrations run once, give way to traffic, grant the app role its work; readiness compares revisions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from shared.kit import schema
from shared.kit.settings import Secret, Settings
from shared.kit.tests.conftest import settings_for
from tests.infrastructure.databases import PostgresServer, TestDatabase

REVISION = '''
"""A step."""
from alembic import op
revision = "{revision}"
down_revision = {down}
branch_labels = {labels}
depends_on = None
def upgrade() -> None:
    op.execute("{sql}")
'''


@pytest.fixture
def fresh(postgres: PostgresServer, kit_database: TestDatabase) -> Iterator[TestDatabase]:
    """A database of the kit's roles that was never migrated."""
    name = postgres.create_database(owner="kit_owner")
    yield TestDatabase(name, *(postgres.url(name, role) for role in ("kit_app", "kit_owner", None)))
    postgres.drop_database(name)


@pytest.fixture
def owner(fresh: TestDatabase) -> Iterator[Engine]:
    """The owner's connections to the fresh database."""
    engine = create_engine(fresh.owner_url)
    yield engine
    engine.dispose()


def release(folder: Path, *steps: str) -> list[Path]:
    """Write a release of a service `shop` whose migrations are these statements, in order."""
    folder.mkdir()
    for number, sql in enumerate(steps, 1):
        down = repr(f"shop_{number - 1:04}") if number > 1 else None
        labels = None if down else ("shop",)
        content = REVISION.format(revision=f"shop_{number:04}", down=down, labels=labels, sql=sql)
        (folder / f"{number:04}.py").write_text(content)
    return [folder, schema.MIGRATIONS]


def grant_connect(postgres: PostgresServer, database: TestDatabase) -> None:
    with create_engine(database.owner_url).begin() as connection:
        connection.execute(text(f'GRANT CONNECT ON DATABASE "{database.name}" TO kit_app'))


def test_every_branch_reaches_its_head_and_a_second_run_changes_nothing(fresh: TestDatabase, tmp_path: Path) -> None:
    versions = release(tmp_path / "v1", "CREATE TABLE thing (id int)", "ALTER TABLE thing ADD name text")
    settings = settings_for(fresh)
    assert schema.migrate(settings, versions) == ["kit_0001", "shop_0002"]
    assert schema.migrate(settings, versions) == ["kit_0001", "shop_0002"]


def test_two_migrators_at_once_do_the_work_once(fresh: TestDatabase, tmp_path: Path) -> None:
    versions = release(tmp_path / "v1", "SELECT pg_sleep(0.4)", "CREATE TABLE thing (id int)")
    with ThreadPoolExecutor(3) as pool:
        reached = list(pool.map(lambda _: schema.migrate(settings_for(fresh), versions), range(3)))
    assert reached == [["kit_0001", "shop_0002"]] * 3


def test_the_app_role_works_with_rows_and_cannot_change_tables(
    postgres: PostgresServer, fresh: TestDatabase, tmp_path: Path
) -> None:
    versions = release(tmp_path / "v1", "CREATE TABLE thing (id int GENERATED ALWAYS AS IDENTITY, n int)")
    schema.migrate(settings_for(fresh), versions)
    grant_connect(postgres, fresh)
    app = create_engine(fresh.url)
    with app.begin() as connection:
        connection.execute(text("INSERT INTO thing (n) VALUES (1)"))
        connection.execute(text("UPDATE thing SET n = 2"))
        connection.execute(text("DELETE FROM thing"))
    for forbidden in ("DROP TABLE thing", "CREATE TABLE other (id int)", "DELETE FROM alembic_version"):
        with pytest.raises(ProgrammingError), app.begin() as connection:
            connection.execute(text(forbidden))
    app.dispose()


def test_a_step_that_cannot_get_its_lock_waits_its_turn(fresh: TestDatabase, owner: Engine, tmp_path: Path) -> None:
    first = release(tmp_path / "v1", "CREATE TABLE thing (id int)")
    second = release(tmp_path / "v2", "CREATE TABLE thing (id int)", "ALTER TABLE thing ADD name text")
    schema.migrate(settings_for(fresh), first)
    reader = owner.connect()
    reader.execute(text("SELECT * FROM thing"))
    threading.Timer(0.5, reader.close).start()
    assert "shop_0002" in schema.migrate(settings_for(fresh), second, lock_timeout=0.1)


def test_a_lock_that_is_never_given_up_is_said(fresh: TestDatabase, owner: Engine, tmp_path: Path) -> None:
    first = release(tmp_path / "v1", "CREATE TABLE thing (id int)")
    second = release(tmp_path / "v2", "CREATE TABLE thing (id int)", "ALTER TABLE thing ADD name text")
    schema.migrate(settings_for(fresh), first)
    with owner.connect() as reader:
        reader.execute(text("SELECT * FROM thing"))
        with pytest.raises(schema.SchemaLocked):
            schema.migrate(settings_for(fresh), second, lock_timeout=0.1, patience=0.3)


def test_older_code_runs_on_a_newer_schema_and_newer_code_waits(
    fresh: TestDatabase, owner: Engine, tmp_path: Path
) -> None:
    older = release(tmp_path / "v1", "CREATE TABLE thing (id int)")
    newer = release(tmp_path / "v2", "CREATE TABLE thing (id int)", "ALTER TABLE thing ADD name text")
    assert len(list(schema.incompatibilities(owner, older))) == 2, "never migrated"
    schema.migrate(settings_for(fresh), older)
    assert schema.compatible(owner, older)
    assert list(schema.incompatibilities(owner, newer)) == ["shop: at shop_0001, this code needs shop_0002"]
    schema.migrate(settings_for(fresh), newer)
    assert schema.compatible(owner, newer)
    assert schema.compatible(owner, older)


def test_a_revision_that_is_not_named_after_its_branch_is_refused(owner: Engine, tmp_path: Path) -> None:
    (tmp_path / "0001.py").write_text(REVISION.format(revision="abc123", down=None, labels=("shop",), sql="SELECT 1"))
    with pytest.raises(ValueError, match="<branch label>_<number>"):
        schema.compatible(owner, [tmp_path])


def test_the_upgrade_can_be_read_as_sql_without_a_database(settings: Settings) -> None:
    sql = schema.render_sql([schema.MIGRATIONS])
    assert "CREATE TABLE idempotency_key" in sql
    assert "INSERT INTO alembic_version (version_num) VALUES ('kit_0001')" in sql


def test_one_role_for_everything_keeps_what_it_may_do(fresh: TestDatabase, tmp_path: Path) -> None:
    older = release(tmp_path / "v1", "CREATE TABLE thing (id int)")
    newer = release(tmp_path / "v2", "CREATE TABLE thing (id int)", "ALTER TABLE thing ADD name text")
    single = settings_for(fresh, database_url=Secret(fresh.owner_url), migrate_database_url=None)
    schema.migrate(single, older)
    assert schema.migrate(single, newer) == ["kit_0001", "shop_0002"]
