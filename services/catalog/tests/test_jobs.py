"""What the clock has the catalog do, as the command line shows it."""

import dataclasses
import json
from io import BytesIO
from typing import Any

import pytest
from click import Command
from click.testing import CliRunner
from sqlalchemy import text

from services.catalog import jobs
from services.catalog.__main__ import SERVICE
from services.catalog.domain import reservations
from services.catalog.domain.importing import files
from services.catalog.domain.importing.files import File
from services.catalog.settings import Settings
from services.catalog.tests.building import HOUR, NOON, vendor
from services.catalog.tests.stocking import SOMEBODY, asked, level, stocked
from shared.kit.database import Database
from shared.runtime.service import Service


@pytest.fixture
def service(settings: Settings) -> Service:
    return dataclasses.replace(SERVICE, settings=lambda: settings)


def run(service: Service, job: Command) -> Any:
    done = CliRunner().invoke(job, [], obj=service)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_what_ran_out_is_free_again(service: Service, database: Database) -> None:
    with database.transaction() as session:
        bowl = stocked(session, 3).id
        reservations.reserve(session, [asked({bowl: 2}, until=NOON + HOUR)], NOON)
    assert run(service, jobs.expire_reservations) == {"expired": 1, "sold": 0, "kept": 0}
    with database.transaction() as session:
        assert level(session, bowl) == (3, 0)


def test_files_are_worked_on_and_forgotten_when_they_are_old(
    service: Service, settings: Settings, database: Database
) -> None:
    job_id = files.new_key()
    settings.storage.put(files.key(job_id), BytesIO(b"sku\nX\n"), "text/csv")
    with database.transaction() as session:
        files.begin(session, job_id, vendor(session).id, SOMEBODY, File("a.csv", "csv", 6, "0"), NOON)
    assert run(service, jobs.run_imports) == {"checked": 1, "applied": 0, "finished": 1}
    assert run(service, jobs.run_imports) == {"checked": 0, "applied": 0, "finished": 0}
    assert run(service, jobs.prune) == {"import_job": 0, "idempotency_key": 0, "rate_limit": 0}
    with database.transaction() as session:
        session.execute(text("UPDATE import_job SET worked_at = now() - interval '91 days'"))
    assert run(service, jobs.prune)["import_job"] == 1
    with database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM import_row")) == 0


def test_the_scheduler_knows_all_of_them() -> None:
    assert {each.name for each in jobs.SCHEDULE} == {"prune", "run-imports", "expire-reservations"}
