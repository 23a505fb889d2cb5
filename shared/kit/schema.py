"""The schema of a service's database: brought to the code's heads by one migrator at a time, and compared with them.

Alembic is loaded by who migrates; every other process compares by the revisions' names and stays smaller without it.
"""

import io
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from shared.kit.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
ENVIRONMENT = Path(__file__).parent / "alembic_env"

_ONE_MIGRATOR = 0x6D61726B6574  # "market": advisory locks are per database, so one number serves every service
_REVISION = re.compile(r'^revision = "((\w+)_\d+)"$', re.MULTILINE)
_LOCK_NOT_AVAILABLE = "55P03"
_APPEND_ONLY = text("""
    SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND obj_description(oid, 'pg_class') LIKE 'append-only%'
""")


class SchemaLocked(Exception):
    """Another session kept a needed lock all the while; nothing was half-applied, run the migration again."""


def migrate(
    settings: Settings,
    versions: Sequence[Path],
    *,
    first: Callable[[Connection], object] = lambda _: None,
    lock_timeout: float = 3,
    patience: float = 300,
) -> list[str]:
    """Upgrade every branch to its head with the owner's URL and return the revisions the database is then at.

    Idempotent; a second migrator waits for the first. `first` is done before, in its own transaction. DDL that waits
    longer than `lock_timeout` gives way to the service's traffic and is tried again until `patience` (seconds) ends,
    then `SchemaLocked`. The role of `database_url` may use all tables, present and future, and change none; of a table
    whose comment begins with "append-only" it may not change or remove a row either.
    """
    engine = create_engine(
        settings.owner_database_url,
        poolclass=NullPool,
        connect_args={
            "application_name": f"{settings.service}-migrate",
            "options": f"-c lock_timeout={round(lock_timeout * 1000)} -c TimeZone=UTC",
        },
    )
    deadline = time.monotonic() + patience
    with engine.connect() as connection:
        _become_the_only_migrator(connection, deadline)
        first(connection)
        connection.commit()
        _let_app_use_tables(connection, settings, "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT")
        _upgrade(connection, versions, deadline)
        _let_app_use_tables(connection, settings, "GRANT")
        return sorted(_revisions(connection))


def render_sql(versions: Sequence[Path]) -> str:
    """Return the whole upgrade as SQL, without a database, for a linter or a careful operator."""
    from alembic import command

    output = io.StringIO()
    config = _config(versions)
    config.output_buffer = output
    command.upgrade(config, "heads", sql=True)
    return output.getvalue()


def compatible(engine: Engine, versions: Sequence[Path]) -> bool:
    """Tell whether this code may run on the database as it is."""
    return not list(incompatibilities(engine, versions))


def incompatibilities(engine: Engine, versions: Sequence[Path]) -> Iterator[str]:
    """Yield a sentence for each branch whose database revision is missing or older than the code's head.

    A revision that the code does not know is a newer release's: migrations expand first, so the code may run on it.
    """
    with engine.connect() as connection:
        present = _revisions(connection)
    for name, known in _revisions_by_branch(tuple(versions)).items():
        head, mine = known[-1], {revision for revision in present if branch(revision) == name}
        if not mine:
            yield f"{name}: not migrated, this code needs {head}"
        elif head not in mine and mine <= set(known):
            yield f"{name}: at {', '.join(sorted(mine))}, this code needs {head}"


def branch(revision: str) -> str:
    """Return the branch of a revision, which is its name before the number: `vendor_0003` → `vendor`."""
    return revision.rpartition("_")[0]


@lru_cache
def _revisions_by_branch(versions: tuple[Path, ...]) -> dict[str, list[str]]:
    """The revisions in these folders, oldest first, each branch a line: a revision is `<branch>_<number>`."""
    found: dict[str, list[str]] = {}
    for file in sorted(file for folder in versions for file in folder.glob("[0-9]*.py")):
        named = _REVISION.search(file.read_text())
        if named is None:
            raise ValueError(f"{file}: name the revision <branch label>_<number>")
        found.setdefault(named[2], []).append(named[1])
    return {name: sorted(revisions) for name, revisions in found.items()}


def _config(versions: Sequence[Path]) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _escaped(ENVIRONMENT))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(_escaped(path) for path in versions))
    return config


def _escaped(path: Path) -> str:
    return str(path.resolve()).replace("%", "%%")


def _upgrade(connection: Connection, versions: Sequence[Path], deadline: float) -> None:
    from alembic import command

    config = _config(versions)
    config.attributes["connection"] = connection
    while True:
        try:
            command.upgrade(config, "heads")
        except OperationalError as error:
            connection.rollback()
            if getattr(error.orig, "pgcode", None) != _LOCK_NOT_AVAILABLE:
                raise
            _wait(deadline)
        else:
            connection.commit()
            return


def _become_the_only_migrator(connection: Connection, deadline: float) -> None:
    """Poll: a session asleep in `pg_advisory_lock` holds a snapshot, and `CREATE INDEX CONCURRENTLY` waits for it."""
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ONE_MIGRATOR}):
        connection.rollback()
        _wait(deadline)
    connection.commit()


def _wait(deadline: float) -> None:
    if time.monotonic() >= deadline:
        raise SchemaLocked(SchemaLocked.__doc__)
    time.sleep(0.2)


def _let_app_use_tables(connection: Connection, settings: Settings, grant: str) -> None:
    app, owner = (make_url(url).username for url in (settings.database_url, settings.owner_database_url))
    if app is None or app == owner:
        return
    role = connection.dialect.identifier_preparer.quote(app)
    every = " ALL" if grant == "GRANT" else ""
    inside = " IN SCHEMA public" if every else ""
    connection.execute(text(f"{grant} SELECT, INSERT, UPDATE, DELETE ON{every} TABLES{inside} TO {role}"))
    connection.execute(text(f"{grant} USAGE, SELECT ON{every} SEQUENCES{inside} TO {role}"))
    if every:
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
        connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}"))
        for table in connection.scalars(_APPEND_ONLY).all():
            connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}"))
    connection.commit()


def _revisions(connection: Connection) -> set[str]:
    try:
        return set(connection.scalars(text("SELECT version_num FROM alembic_version")))
    except ProgrammingError:  # no such table: nothing was ever migrated
        connection.rollback()
        return set()
